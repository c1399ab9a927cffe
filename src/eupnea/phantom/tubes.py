"""Tubes drawn on a grid with partial volume."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.phantom.tree import Tubes

FULL = 255
"""A voxel that lies wholly inside."""
SPREAD = 2.5
"""How far outside its wall a tube is still drawn, in standard deviations of the blur."""


def draw(tubes: Tubes, grid: Geometry, *, blur_mm: float) -> NDArray[np.uint8]:
    """How much of each voxel the tubes fill, 0 to 255, as the scanner sees it.

    On its axis a tube thinner than the blur has the coverage of a cylinder
    seen through a Gaussian, `1 - exp(-r^2 / 2 blur^2)`; its edge is a ramp.

    Args:
        tubes: In the grid's own space, LPS mm.
        grid: A canonical grid.
        blur_mm: Standard deviation of the blur, voxel size included.
    """
    covered = np.zeros(grid.shape, np.uint8)
    starts, ends = grid.to_index(tubes.start_mm), grid.to_index(tubes.end_mm)
    spacing = np.array(grid.spacing_mm)
    widest = np.maximum(tubes.start_radius_mm, tubes.end_radius_mm) + SPREAD * blur_mm
    margin = widest[:, None] / spacing
    low = np.maximum(np.floor(np.minimum(starts, ends) - margin), 0).astype(int)
    high = np.minimum(np.ceil(np.maximum(starts, ends) + margin) + 1, grid.shape).astype(int)
    for n in np.flatnonzero((low < high).all(axis=1)):
        box = tuple(slice(a, b) for a, b in zip(low[n], high[n], strict=True))
        radii = float(tubes.start_radius_mm[n]), float(tubes.end_radius_mm[n])
        axes = [
            (np.arange(a, b) - s) * step
            for a, b, s, step in zip(low[n], high[n], starts[n], spacing, strict=True)
        ]
        part = _coverage(axes, (ends[n] - starts[n]) * spacing, radii, blur_mm)
        np.maximum(covered[box], part, out=covered[box])
    return covered


def _coverage(
    axes: list[NDArray[np.float64]],
    along: NDArray[np.float64],
    radii: tuple[float, float],
    blur_mm: float,
) -> NDArray[np.uint8]:
    """Coverage of one piece that runs from 0 to `along`, at the points of three axes."""
    z, y, x = axes[0][:, None, None], axes[1][:, None], axes[2]
    length2 = float(along @ along) + 1e-12
    t = np.clip((z * along[0] + y * along[1] + x * along[2]) / length2, 0, 1)
    distance = np.sqrt((z - t * along[0]) ** 2 + (y - t * along[1]) ** 2 + (x - t * along[2]) ** 2)
    radius = radii[0] + t * (radii[1] - radii[0])
    ramp = np.sqrt(12) * blur_mm
    edge = np.clip(0.5 + (radius - distance) / ramp, 0, 1) / np.minimum(0.5 + radius / ramp, 1)
    peak = 1 - np.exp(-(radius**2) / (2 * blur_mm**2))
    return np.asarray(edge * peak * FULL + 0.5).astype(np.uint8)
