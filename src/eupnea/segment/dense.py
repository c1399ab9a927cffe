"""Dense tissue beside the lungs, which looks like dense lung to a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate, opened

FAT_HU = (-160.0, -20.0)
"""Fat measures -120 to -60 HU; with the blur and the noise of a coarse grid, a little more."""

CORE_MM = 4.0
"""A dense piece is judged where a ball of this radius fits: rims and vessels tell nothing."""

LEAST_SURE = 0.92
"""Of synthetic disease in held-out lungs, three quarters of nearly every piece is surer than this;
of heart, aorta, liver and fat that were taken for lung, of hardly any."""

HELD_SHARE = 0.5
"""A piece of which the anatomical lungs hold as much stays, however sure the network is."""


def dense_beside(
    lungs: NDArray[np.bool_],
    sure: NDArray[np.float64],
    anatomical: NDArray[np.bool_],
    coarse: Coarse,
) -> NDArray[np.bool_]:
    """Dense pieces of what was taken for lung that are none.

    A piece is none when its median density is that of fat: consolidation,
    masses and effusion are denser, ground glass is thinner. And it is none
    when the network is not sure of it and anatomy does not hold it either.

    Args:
        lungs: What was taken for lung, on the coarse grid.
        sure: How sure, 0 to 1.
        anatomical: The lungs by their closed shape.
        coarse: The scan.
    """
    dense = lungs & (coarse.hu >= LUNG_AIR_HU)
    labels, counts = components(opened(dense, CORE_MM, coarse.spacing_mm), connectivity=6)
    if not len(counts):
        return np.zeros_like(lungs)
    pieces = np.arange(1, len(counts) + 1)
    median = ndimage.median(coarse.hu, labels, pieces)
    is_fat = (median > FAT_HU[0]) & (median < FAT_HU[1])
    quartile = np.array([np.percentile(sure[labels == piece], 25) for piece in pieces])
    is_held = ndimage.mean(anatomical, labels, pieces) >= HELD_SHARE
    none = is_fat | ((quartile < LEAST_SURE) & ~is_held)
    cores = np.concatenate([[False], none])[labels]
    return np.asarray(dilate(cores, CORE_MM, coarse.spacing_mm) & dense)
