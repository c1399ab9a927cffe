"""Dilation, erosion, opening and closing with a ball whose radius is in millimetres.

All are read off a Euclidean distance transform: exact on uneven grids, and as
fast for a large radius as for a small one. Beyond the edge of the array lies
what lies at the edge: nothing is eroded from there. A closing sees nothing
beyond the edge, so that it does not fill up to it.
"""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Spacing = tuple[float, float, float]


def distance_mm(mask: NDArray[np.bool_], spacing_mm: Spacing) -> NDArray[np.float32]:
    """Distance of each voxel of a mask to the nearest voxel outside it; 0 outside."""
    return np.asarray(
        edt.edt(
            np.require(mask, requirements=["C", "W"]),
            anisotropy=spacing_mm,
            black_border=False,
            parallel=2,
        )
    )


def dilate(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """All voxels within a radius of the mask."""
    if not mask.any():
        return mask.copy()
    return distance_mm(~mask, spacing_mm) <= radius_mm


def erode(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The voxels of the mask that are farther than a radius from its outside."""
    if mask.all():
        return mask.copy()
    return distance_mm(mask, spacing_mm) > radius_mm


def opened(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The parts of the mask that a ball fits into."""
    return dilate(erode(mask, radius_mm, spacing_mm), radius_mm, spacing_mm)


def closed(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The mask and the bays around it that a ball does not fit into."""
    whole = mask.copy()
    if not mask.any():
        return whole
    box = ndimage.find_objects(mask.view(np.uint8))[0]
    margins = [int(radius_mm // step) + 2 for step in spacing_mm]
    padded = np.pad(mask[box], [(margin, margin) for margin in margins])
    inner = tuple(slice(margin, -margin) for margin in margins)
    whole[box] = erode(dilate(padded, radius_mm, spacing_mm), radius_mm, spacing_mm)[inner]
    return whole
