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

FAT_HU = (-140.0, -55.0)
"""Fat measures -120 to -60 HU; the median of a piece 8 mm thick strays little from it.

Consolidated lung that holds some air comes near: it measures down to -50 HU.
"""

AIRY_HU = -200.0
"""Fat is even: a tenth of a piece of it lies below some -115 to -175 HU, of consolidated lung that
holds air below -240."""

NEAR_FAT_HU = -40.0
"""Thinner surroundings of a single voxel, which its neighbours blur, are those of fat."""

CORE_MM = 4.0
"""A dense piece is judged where a ball of this radius fits: rims and vessels tell nothing."""

LEAST_SURE = 0.92
"""Of heart, aorta, liver and fat that were taken for lung, three quarters of hardly any piece is
surer than this. Of synthetic disease in held-out lungs version 2 was, version 4 often is not."""

HELD_SHARE = 0.5
"""A piece of which the anatomical lungs hold as much stays, however sure the network is."""

EVEN = 0.5
"""A share that is as likely as not."""

LEAST_LOCATED = 0.1
"""Where the chest as a whole is less sure of lung there is none: of dense tissue that planes took
there, five sixths were chest wall and mediastinum."""

SURELY = 0.7
"""Chest wall beside a shrunken lung, which planes doubt, is held less surely by the whole chest."""

AGREED_MM = 8.0
"""A ball of this radius fits in effusion and collapse that planes and chest surely hold, and in
no crescent of aorta or heart that the chest, which sees blocks of 8 mm, blurs into the lung."""

LIMIT_HU = 150
"""Beyond it a voxel tells no more of whether fat surrounds it."""


def dense_beside(
    lungs: NDArray[np.bool_],
    sure: NDArray[np.uint8],
    anatomical: NDArray[np.bool_],
    coarse: Coarse,
    located: NDArray[np.float32] | None = None,
) -> NDArray[np.bool_]:
    """Dense pieces of what was taken for lung that are none.

    A piece is none when its median density is that of fat, unless it holds air
    and the chest as a whole holds it: consolidation, masses and effusion are
    denser, ground glass is thinner, and of airy consolidation the median alone
    does not tell. And it is none when the network is not sure of it and
    neither anatomy nor the chest as a whole hold it; what is thick of it and
    surely held by both stays.

    Args:
        lungs: What was taken for lung, on the coarse grid.
        sure: How sure, 0 to 255.
        anatomical: The lungs by their closed shape.
        coarse: The scan.
        located: How sure by the chest as a whole, 0 to 1, if it was asked.
    """
    dense = lungs & (coarse.hu >= LUNG_AIR_HU)
    labels, counts = components(opened(dense, CORE_MM, coarse.spacing_mm), connectivity=6)
    fat, doubtful = np.zeros((2, len(counts) + 1), bool)
    for piece, box in enumerate(ndimage.find_objects(labels), start=1):
        core = labels[box] == piece
        by_chest = located is not None and located[box][core].mean() >= SURELY
        is_held = by_chest or anatomical[box][core].mean() >= HELD_SHARE
        is_sure = np.percentile(sure[box][core], 25) >= 255 * LEAST_SURE
        hu = coarse.hu[box][core]
        fat[piece] = _is_fat(hu) and not (by_chest and _holds_air(hu))
        doubtful[piece] = not (is_sure or is_held)
    none = dilate((fat | doubtful)[labels], CORE_MM, coarse.spacing_mm) & dense
    if located is None:
        return none
    agreed = (doubtful & ~fat)[labels] & (sure >= 255 * SURELY) & (located >= SURELY)
    return none & ~opened(agreed, AGREED_MM, coarse.spacing_mm)


def _is_fat(hu: NDArray[np.int16]) -> bool:
    return FAT_HU[0] < float(np.median(hu)) < FAT_HU[1]


def _holds_air(hu: NDArray[np.int16]) -> bool:
    return float(np.percentile(hu, 10)) < AIRY_HU


@dataclass(frozen=True, kw_only=True, eq=False)
class DenseTissue:
    """Dense tissue in and beside the lungs, told apart; masks on the coarse grid."""

    lung: NDArray[np.bool_]
    beside: NDArray[np.bool_]


def tell_dense_apart(
    taken: NDArray[np.bool_],
    sure: NDArray[np.uint8],
    located: NDArray[np.float32],
    anatomical: NDArray[np.bool_],
    coarse: Coarse,
) -> DenseTissue:
    """What of the dense tissue is lung, by its planes and by the chest as a whole together.

    Dense tissue that is denser than fat is lung where both are sure of it on
    average, whatever the planes alone took it for; what the chest as a whole
    holds is no doubtful piece of `dense_beside`, and what it does not hold at
    all is none, voxel by voxel.

    Args:
        taken: What was taken for lung by the planes, on the coarse grid.
        sure: How sure, 0 to 255.
        located: How sure by the chest as a whole, 0 to 1.
        anatomical: The lungs by their closed shape.
        coarse: The scan.
    """
    dense = coarse.hu >= LUNG_AIR_HU
    beside = dense_beside(taken, sure, anatomical, coarse, located)
    beside |= taken & dense & (located < LEAST_LOCATED)
    more = (
        (located >= EVEN)
        & dense
        & (sure / np.float32(255.0) + located >= 2 * EVEN)
        & ~_like_fat(coarse.hu)
    )
    core = opened(more | (taken & dense & ~beside), CORE_MM, coarse.spacing_mm)
    lung = more & dilate(core, CORE_MM, coarse.spacing_mm) & ~beside
    return DenseTissue(lung=lung, beside=beside)


def _like_fat(hu: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Voxels in whose surroundings, air and bone cut off, fat prevails."""
    tissue = np.clip(hu, -LIMIT_HU, LIMIT_HU).astype(np.float32)
    return np.asarray(ndimage.uniform_filter(tissue, 3) <= NEAR_FAT_HU)
