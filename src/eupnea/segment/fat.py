"""Fat beside the lungs, which looks like dense lung to a network."""

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


def fat_beside(lungs: NDArray[np.bool_], coarse: Coarse) -> NDArray[np.bool_]:
    """Dense pieces of what was taken for lung whose median density is that of fat.

    Consolidation, masses and effusion are denser, ground glass is thinner;
    pericardial and mediastinal fat lies between them and is as even as they are.

    Args:
        lungs: What was taken for lung, on the coarse grid.
        coarse: The scan.
    """
    dense = lungs & (coarse.hu >= LUNG_AIR_HU)
    labels, counts = components(opened(dense, CORE_MM, coarse.spacing_mm), connectivity=6)
    if not len(counts):
        return np.zeros_like(lungs)
    median = ndimage.median(coarse.hu, labels, np.arange(1, len(counts) + 1))
    is_fat = (median > FAT_HU[0]) & (median < FAT_HU[1])
    cores = np.concatenate([[False], is_fat])[labels]
    return np.asarray(dilate(cores, CORE_MM, coarse.spacing_mm) & dense)
