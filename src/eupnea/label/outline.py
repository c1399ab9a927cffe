"""How long a reader's pen travels: outlines on axial slices, as a surface."""

from __future__ import annotations

import numpy as np

from eupnea.label.plan import Outlines
from eupnea.mask import Mask


def outlines_of(normal: Mask, abnormal: Mask) -> Outlines:
    """Measures both sides of one image."""
    return Outlines(normal_cm2=outline_cm2(normal), abnormal_cm2=outline_cm2(abnormal))


def outline_cm2(side: Mask) -> float:
    """Outlines on axial slices times the distance of slices.

    Faces between the mask and its outside, to the front, back, right and left.

    Examples:
        >>> from eupnea.geometry import Geometry
        >>> grid = Geometry.regular(shape=(1, 1, 2), spacing_mm=(10.0, 10.0, 10.0))
        >>> outline_cm2(Mask(voxels=np.ones(grid.shape, bool), geometry=grid))
        6.0
    """
    k, j, i = side.geometry.spacing_mm
    padded = np.pad(side.voxels, 1)
    rows = np.count_nonzero(np.diff(padded, axis=1))
    columns = np.count_nonzero(np.diff(padded, axis=2))
    return float(rows * k * i + columns * k * j) / 100
