"""Gantry tilt: slices that lean, put straight by where they truly lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import ORTHOGONALITY_TOLERANCE, Geometry, Voxel


@dataclass(frozen=True, kw_only=True, eq=False)
class Straightening:
    """Moves each slice within its own plane, by whole pixels, onto one upright stack.

    A tilted series is a sheared stack. No value is interpolated, so densities
    and noise stay as measured; a slice lies within half a pixel of its place.
    """

    geometry: Geometry
    """The upright grid."""
    first_row: NDArray[np.intp]
    """For each slice, the row of the grid that its first row falls on."""
    first_column: NDArray[np.intp]
    """For each slice, the column of the grid that its first column falls on."""

    def apply(self, voxels: NDArray[Voxel], *, outside: int) -> NDArray[Voxel]:
        """Slices (slices, rows, columns) on the upright grid; the rest is `outside`."""
        upright = np.full(self.geometry.shape, outside, voxels.dtype)
        _, rows, columns = voxels.shape
        for k, (row, column) in enumerate(zip(self.first_row, self.first_column, strict=True)):
            upright[k, row : row + rows, column : column + columns] = voxels[k]
        return upright


def straighten(
    *,
    axes: NDArray[np.float64],
    step_mm: NDArray[np.float64],
    origin_mm: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> Straightening | None:
    """How to put a leaning stack upright; `None` when it is upright already.

    Args:
        axes: 3 x 3; columns are the normal's unit vector, and the vectors from
            row to row and from column to column, in mm, LPS.
        step_mm: Vector from the first pixel of a slice to that of the next.
        origin_mm: First pixel of the first slice.
        shape: Slices, rows and columns.
    """
    normal, down, right = axes.T
    depth = step_mm @ normal
    lean = step_mm - depth * normal
    if np.linalg.norm(lean) <= ORTHOGONALITY_TOLERANCE * np.linalg.norm(step_mm):
        return None
    count = np.arange(shape[0])
    rows = np.rint(count * (lean @ down) / (down @ down)).astype(np.intp)
    columns = np.rint(count * (lean @ right) / (right @ right)).astype(np.intp)
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([depth * normal, down, right])
    affine[:3, 3] = origin_mm + rows.min() * down + columns.min() * right
    grown = (shape[0], shape[1] + int(np.ptp(rows)), shape[2] + int(np.ptp(columns)))
    return Straightening(
        geometry=Geometry(shape=grown, affine=affine),
        first_row=rows - rows.min(),
        first_column=columns - columns.min(),
    )
