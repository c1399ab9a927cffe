"""How far the abnormal volume is in doubt, and how far it may be off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.organ import Margins

DOUBT = 64
"""Of 255: a voxel below 64 is abnormal beyond doubt, one below 192 may be."""

LUNG_SHARE = 0.01
"""Of the region of interest: volumes are off by some of it even where hardly any is abnormal."""


def abnormal_doubt_ml(
    certainty: NDArray[np.uint8], roi: Mask, abnormal: Mask
) -> tuple[float, float]:
    """Abnormal volume at odds of 3 to 1, and of 1 to 3; holds the volume at even odds.

    Args:
        certainty: That a voxel is normal, 0 to 255.
        roi: The region of interest.
        abnormal: Its abnormal part.

    Examples:
        >>> from eupnea.geometry import Geometry
        >>> grid = Geometry.regular(shape=(1, 1, 4), spacing_mm=(10.0, 10.0, 10.0))
        >>> roi = Mask(voxels=np.ones(grid.shape, bool), geometry=grid)
        >>> sure = np.array([[[10, 100, 150, 250]]], np.uint8)
        >>> abnormal_doubt_ml(sure, roi, Mask(voxels=sure < 128, geometry=grid))
        (1.0, 3.0)
    """
    least = np.count_nonzero(abnormal.voxels & (certainty < DOUBT))
    most = np.count_nonzero(abnormal.voxels | (roi.voxels & (certainty < 255 - DOUBT)))
    voxel_ml = roi.geometry.voxel_volume_ml
    return float(least * voxel_ml), float(most * voxel_ml)


def abnormal_interval_ml(
    doubt_ml: tuple[float, float], margins: Margins, *, abnormal_ml: float, roi_ml: float
) -> tuple[float, float]:
    """What a method doubts, widened by what it was surely wrong about elsewhere.

    Conformalized (Romano, Patterson, Candes 2019): the margins are those that made the
    intervals of scans with a known abnormal volume hold it as often as wanted.

    Args:
        doubt_ml: From `abnormal_doubt_ml`.
        margins: Of the method.
        abnormal_ml: Abnormal volume that was found.
        roi_ml: Volume of the region of interest.

    Examples:
        >>> margins = Margins(below=0.25, above=0.5)
        >>> abnormal_interval_ml((90.0, 120.0), margins, abnormal_ml=100.0, roi_ml=4000.0)
        (55.0, 190.0)
    """
    reach = reach_ml(abnormal_ml, roi_ml)
    low, high = doubt_ml[0] - margins.below * reach, doubt_ml[1] + margins.above * reach
    return max(low, 0.0), min(high, roi_ml)


def reach_ml(abnormal_ml: float, roi_ml: float) -> float:
    """What the margins are parts of: large volumes are off by more, small ones by some as well."""
    return abnormal_ml + LUNG_SHARE * roi_ml
