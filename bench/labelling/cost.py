"""What it costs to draw one side of an image, counted in voxels, not in opinions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        correct_ml=changed * grid.voxel_volume_ml,
        clicks=len(np.unique(islands[wrong])),
    )


def outline_cm2(side: Mask) -> float:
    """Outlines on axial slices times the distance of slices.

    Faces between the side and its outside, to the front, back, right and left.
    """
    k, j, i = side.geometry.spacing_mm
    padded = np.pad(side.voxels, 1)
    rows = np.count_nonzero(np.diff(padded, axis=1))
    columns = np.count_nonzero(np.diff(padded, axis=2))
    return float(rows * k * i + columns * k * j) / 100
