"""Dilation, erosion, opening and closing with a ball whose radius is in millimetres.

All are read off a Euclidean distance transform: exact on uneven grids, and as
fast for a large radius as for a small one. Beyond the edge of the array lies
what lies at the edge: nothing is eroded from there. A closing sees nothing
beyond the edge, so that it does not fill up to it. Only the box is looked at in
which an answer can differ from outside.
"""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import NDArray

from eupnea.box import Margin, box_of

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
    near = mask.copy()
    if mask.any():
        box = box_of(mask, _reach(radius_mm, spacing_mm))
        near[box] = distance_mm(~mask[box], spacing_mm) <= radius_mm
    return near


def erode(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The voxels of the mask that are farther than a radius from its outside."""
    core = mask.copy()
    if mask.any() and not mask.all():
        box = box_of(mask, (1, 1, 1))
        core[box] = distance_mm(mask[box], spacing_mm) > radius_mm
    return core


def opened(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The parts of the mask that a ball fits into."""
    return dilate(erode(mask, radius_mm, spacing_mm), radius_mm, spacing_mm)


def closed(mask: NDArray[np.bool_], radius_mm: float, spacing_mm: Spacing) -> NDArray[np.bool_]:
    """The mask and the bays around it that a ball does not fit into."""
    whole = mask.copy()
    if not mask.any():
        return whole
    box = box_of(mask)
    margins = _reach(radius_mm, spacing_mm)
    padded = np.pad(mask[box], [(margin, margin) for margin in margins])
    inner = tuple(slice(margin, -margin) for margin in margins)
    whole[box] = erode(dilate(padded, radius_mm, spacing_mm), radius_mm, spacing_mm)[inner]
    return whole


def _reach(radius_mm: float, spacing_mm: Spacing) -> Margin:
    """Voxels that a radius spans, and two more."""
    k, j, i = (int(radius_mm // step) + 2 for step in spacing_mm)
    return k, j, i
