"""What it costs to draw one side of an image, counted in voxels, not in opinions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.segment.components import components

Voxels = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one side of one image."""

    outline_cm2: float
    """Outlines on axial slices times the distance of slices, drawn from nothing."""
    paint_ml: float
    """Voxels painted from nothing."""
    redraw_cm2: float
    """Outlines that do not run along those of the prelabel."""
    correct_ml: float
    """Voxels changed from the prelabel, islands that are wrong as a whole apart."""
    clicks: int
    """Islands of the prelabel that are wrong as a whole, each removed by a click."""


def cost(truth: Voxels, prelabel: Voxels, grid: Geometry) -> Cost:
    """The cost of drawing `truth`, from nothing and from a prelabel of the same side."""
    islands, _ = components(prelabel)
    touched = np.unique(islands[truth])
    wrong = prelabel & ~np.isin(islands, touched)
    changed = np.count_nonzero((truth ^ prelabel) & ~wrong)
    return Cost(
        outline_cm2=outline_cm2(Mask(voxels=truth, geometry=grid)),
        paint_ml=np.count_nonzero(truth) * grid.voxel_volume_ml,
        redraw_cm2=redraw_cm2(Mask(voxels=truth, geometry=grid), prelabel),
        correct_ml=changed * grid.voxel_volume_ml,
        clicks=len(np.unique(islands[wrong])),
    )


def outline_cm2(side: Mask) -> float:
    """Outlines on axial slices times the distance of slices.

    Faces between the side and its outside, to the front, back, right and left.
    """
    return _area_cm2(_faces(side.voxels, 1), _faces(side.voxels, 2), side.geometry)


def redraw_cm2(side: Mask, prelabel: Voxels) -> float:
    """Outlines farther than one pixel from any outline of the prelabel.

    The *added path length* of contour correction (Vaassen et al. 2020), times
    the distance of slices.
    """
    drawn = _beside(prelabel)
    rows, columns = (_faces(side.voxels, axis) & ~_either(drawn, axis) for axis in (1, 2))
    return _area_cm2(rows, columns, side.geometry)


def _faces(voxels: Voxels, axis: int) -> Voxels:
    """Where a voxel and the next along an axis lie on different sides, the border's included."""
    before, after = _neighbours(np.pad(voxels, 1), axis)
    return before ^ after


def _either(voxels: Voxels, axis: int) -> Voxels:
    """Where a voxel or the next along an axis is set."""
    before, after = _neighbours(voxels, axis)
    return before | after


def _neighbours(voxels: Voxels, axis: int) -> tuple[Voxels, Voxels]:
    """Each voxel but the last along an axis, and the one after it."""
    count = voxels.shape[axis] - 1
    before, after = (voxels.take(range(n, n + count), axis) for n in (0, 1))
    return before, after


def _beside(voxels: Voxels) -> Voxels:
    """Voxels next to an outline, in their slice; one more than the image on all sides."""
    padded = np.pad(voxels, 1)
    square = np.ones((1, 3, 3), bool)
    near: Voxels = ndimage.binary_dilation(padded, square)
    return near & ~ndimage.binary_erosion(padded, square)


def _area_cm2(rows: Voxels, columns: Voxels, grid: Geometry) -> float:
    k, j, i = grid.spacing_mm
    return float(np.count_nonzero(rows) * k * i + np.count_nonzero(columns) * k * j) / 100
