"""How far the abnormal volume is in doubt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask

DOUBT = 64
"""Of 255: a voxel below 64 is abnormal beyond doubt, one below 192 may be."""


def abnormal_interval_ml(
    certainty: NDArray[np.uint8] | None, roi: Mask, abnormal: Mask
) -> tuple[float, float] | None:
    """Abnormal volume at odds of 3 to 1, and of 1 to 3; holds the volume at even odds.

    Args:
        certainty: That a voxel is normal, 0 to 255; `None` if the method gives none.
        roi: The region of interest.
        abnormal: Its abnormal part.

    Examples:
        >>> from eupnea.geometry import Geometry
        >>> grid = Geometry.regular(shape=(1, 1, 4), spacing_mm=(10.0, 10.0, 10.0))
        >>> roi = Mask(voxels=np.ones(grid.shape, bool), geometry=grid)
        >>> sure = np.array([[[10, 100, 150, 250]]], np.uint8)
        >>> abnormal_interval_ml(sure, roi, Mask(voxels=sure < 128, geometry=grid))
        (1.0, 3.0)
    """
    if certainty is None:
        return None
    least = np.count_nonzero(abnormal.voxels & (certainty < DOUBT))
    most = np.count_nonzero(abnormal.voxels | (roi.voxels & (certainty < 255 - DOUBT)))
    voxel_ml = roi.geometry.voxel_volume_ml
    return float(least * voxel_ml), float(most * voxel_ml)
