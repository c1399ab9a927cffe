"""Dense tissue beside the lungs, which looks like dense lung to a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate, opened

FAT_HU = (-140.0, -40.0)
"""Fat measures -120 to -60 HU; the median of a piece 8 mm thick strays little from it."""

CORE_MM = 4.0
"""A dense piece is judged where a ball of this radius fits: rims and vessels tell nothing."""

LEAST_SURE = 0.92
"""Of synthetic disease in held-out lungs, three quarters of nearly every piece is surer than this;
of heart, aorta, liver and fat that were taken for lung, of hardly any."""

HELD_SHARE = 0.5
"""A piece of which the anatomical lungs hold as much stays, however sure the network is."""


def dense_beside(
    lungs: NDArray[np.bool_],
    sure: NDArray[np.uint8],
    anatomical: NDArray[np.bool_],
    coarse: Coarse,
) -> NDArray[np.bool_]:
    """Dense pieces of what was taken for lung that are none.

    A piece is none when its median density is that of fat: consolidation,
    masses and effusion are denser, ground glass is thinner. And it is none
    when the network is not sure of it and anatomy does not hold it either.

    Args:
        lungs: What was taken for lung, on the coarse grid.
        sure: How sure, 0 to 255.
        anatomical: The lungs by their closed shape.
        coarse: The scan.
    """
    dense = lungs & (coarse.hu >= LUNG_AIR_HU)
    labels, counts = components(opened(dense, CORE_MM, coarse.spacing_mm), connectivity=6)
    none = np.zeros(len(counts) + 1, bool)
    for piece, box in enumerate(ndimage.find_objects(labels), start=1):
        core = labels[box] == piece
        is_held = anatomical[box][core].mean() >= HELD_SHARE
        is_sure = np.percentile(sure[box][core], 25) >= 255 * LEAST_SURE
        none[piece] = _is_fat(coarse.hu[box][core]) or not (is_sure or is_held)
    return np.asarray(dilate(none[labels], CORE_MM, coarse.spacing_mm) & dense)


def _is_fat(hu: NDArray[np.int16]) -> bool:
    return FAT_HU[0] < float(np.median(hu)) < FAT_HU[1]


@dataclass(frozen=True, kw_only=True, eq=False)
class DenseTissue:
    """Dense tissue in and beside the lungs, told apart; masks on the coarse grid."""

    lung: NDArray[np.bool_]
    beside: NDArray[np.bool_]


def tell_dense_apart(
    taken: NDArray[np.bool_],
    sure: NDArray[np.uint8],
    located: NDArray[np.float32],
    coarse: Coarse,
) -> DenseTissue:
    """What of the dense tissue is lung, by its planes and by the chest as a whole together.

    A dense voxel is lung when both are sure of it on average; and a piece
    whose median density is that of fat is none.

    Args:
        taken: What was taken for lung by the planes, on the coarse grid.
        sure: How sure, 0 to 255.
        located: How sure by the chest as a whole, 0 to 1.
        coarse: The scan.
    """
    dense = (taken | (located >= 0.5)) & (coarse.hu >= LUNG_AIR_HU)
    core = opened(dense, CORE_MM, coarse.spacing_mm)
    judged = dilate(core, CORE_MM, coarse.spacing_mm) & dense
    lung = judged & (sure / np.float32(255.0) + located >= 1.0)
    labels, counts = components(lung, connectivity=6)
    fat = np.zeros(len(counts) + 1, bool)
    for piece, box in enumerate(ndimage.find_objects(labels), start=1):
        fat[piece] = _is_fat(coarse.hu[box][labels[box] == piece])
    lung &= ~fat[labels]
    return DenseTissue(lung=lung, beside=judged & ~lung)
