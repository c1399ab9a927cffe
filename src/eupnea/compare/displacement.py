"""A field of displacements, and how to walk along it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.compare.compiled import compiled
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry

Points = NDArray[np.float64]

UNDO_STEPS = 60
UNDO_TOLERANCE_MM = 1e-3

IDENTITY = np.eye(3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Displacement:
    """Vectors in mm (LPS) on a regular grid; between voxels linear, beyond them constant.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` when vectors and grid differ in shape.

    Examples:
        >>> grid = Geometry.regular(shape=(2, 2, 2), spacing_mm=(2.0, 2.0, 2.0))
        >>> shift = Displacement(vectors=np.full((2, 2, 2, 3), 5.0), geometry=grid)
        >>> shift.apply([[1.0, 1.0, 1.0]]).tolist()
        [[6.0, 6.0, 6.0]]
        >>> shift.undo([[6.0, 6.0, 6.0]]).tolist()
        [[1.0, 1.0, 1.0]]
    """

    vectors: NDArray[np.floating]
    """Shape (slices, rows, columns, 3): x, y, z in mm."""
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.vectors.shape != (*self.geometry.shape, 3):
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"vectors of shape {(*self.geometry.shape, 3)}",
                found=f"shape {self.vectors.shape}",
            )
        vectors = np.ascontiguousarray(self.vectors, dtype=np.float32)
        vectors.setflags(write=False)
        object.__setattr__(self, "vectors", vectors)

    def at(self, points_mm: ArrayLike) -> Points:
        """The displacement (..., 3) at positions (..., 3) in mm, LPS."""
        points = np.asarray(points_mm, dtype=np.float64)
        flat = np.ascontiguousarray(points.reshape(-1, 3))
        return _interpolate(self.vectors, self.to_index, flat).reshape(points.shape)

    def apply(self, points_mm: ArrayLike) -> Points:
        """Where positions (..., 3) in mm, LPS, are moved to."""
        return np.asarray(points_mm, dtype=np.float64) + self.at(points_mm)

    def undo(self, points_mm: ArrayLike) -> Points:
        """Where displaced positions (..., 3) in mm, LPS, came from.

        Fixed-point iteration (Chen et al. 2008, 10.1118/1.2816107) to 0.001 mm;
        it converges where the field does not fold.
        """
        points = np.asarray(points_mm, dtype=np.float64)
        flat = np.ascontiguousarray(points.reshape(-1, 3))
        return _undo(self.vectors, self.to_index, flat).reshape(points.shape)

    def jacobian(self, linear: NDArray[np.float64] = IDENTITY) -> NDArray[np.float32]:
        """Determinant of the derivative of `linear(p) + vector(p)` per voxel.

        It is the local volume ratio, moved over unmoved (central differences;
        one-sided at the border).
        """
        out = np.empty(self.geometry.shape, np.float32)
        _determinants(self.vectors, self.to_index, linear, out)
        return out

    @cached_property
    def to_index(self) -> NDArray[np.float64]:
        """3 x 4, from mm to array index."""
        return np.ascontiguousarray(np.linalg.inv(self.geometry.affine)[:3])


@compiled
def _interpolate(
    vectors: NDArray[np.float32], to_index: NDArray[np.float64], points: Points
) -> Points:
    out = np.empty_like(points)
    for n in range(points.shape[0]):
        interpolate_at(vectors, to_index, points[n], out[n])
    return out


@compiled
def _undo(vectors: NDArray[np.float32], to_index: NDArray[np.float64], points: Points) -> Points:
    out = points.copy()
    step = np.empty(3)
    for n in range(points.shape[0]):
        for _ in range(UNDO_STEPS):
            interpolate_at(vectors, to_index, out[n], step)
            moved = 0.0
            for axis in range(3):
                better = points[n, axis] - step[axis]
                moved = max(moved, abs(better - out[n, axis]))
                out[n, axis] = better
            if moved < UNDO_TOLERANCE_MM:
                break
    return out


@compiled
def interpolate_at(
    vectors: NDArray[np.float32],
    to_index: NDArray[np.float64],
    point: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Trilinear interpolation at one point; constant beyond the grid."""
    size = vectors.shape
    x, y, z = point[0], point[1], point[2]
    k = to_index[0, 0] * x + to_index[0, 1] * y + to_index[0, 2] * z + to_index[0, 3]
    j = to_index[1, 0] * x + to_index[1, 1] * y + to_index[1, 2] * z + to_index[1, 3]
    i = to_index[2, 0] * x + to_index[2, 1] * y + to_index[2, 2] * z + to_index[2, 3]
    k, j, i = (
        min(max(k, 0.0), size[0] - 1.0),
        min(max(j, 0.0), size[1] - 1.0),
        min(max(i, 0.0), size[2] - 1.0),
    )
    k0, j0, i0 = int(k), int(j), int(i)
    k1, j1, i1 = min(k0 + 1, size[0] - 1), min(j0 + 1, size[1] - 1), min(i0 + 1, size[2] - 1)
    a, b, c = k - k0, j - j0, i - i0
    for axis in range(3):
        near = (1 - b) * (
            (1 - c) * vectors[k0, j0, i0, axis] + c * vectors[k0, j0, i1, axis]
        ) + b * ((1 - c) * vectors[k0, j1, i0, axis] + c * vectors[k0, j1, i1, axis])
        far = (1 - b) * (
            (1 - c) * vectors[k1, j0, i0, axis] + c * vectors[k1, j0, i1, axis]
        ) + b * ((1 - c) * vectors[k1, j1, i0, axis] + c * vectors[k1, j1, i1, axis])
        out[axis] = (1 - a) * near + a * far


@compiled
def _determinants(
    vectors: NDArray[np.float32],
    to_index: NDArray[np.float64],
    linear: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    size = vectors.shape
    slope, m = np.empty((3, 3)), np.empty((3, 3))
    for k in range(size[0]):
        for j in range(size[1]):
            for i in range(size[2]):
                _slope(vectors, k, j, i, slope)
                for row in range(3):
                    for column in range(3):
                        m[row, column] = linear[row, column]
                        for axis in range(3):
                            m[row, column] += slope[row, axis] * to_index[axis, column]
                out[k, j, i] = (
                    m[0, 0] * (m[1, 1] * m[2, 2] - m[1, 2] * m[2, 1])
                    - m[0, 1] * (m[1, 0] * m[2, 2] - m[1, 2] * m[2, 0])
                    + m[0, 2] * (m[1, 0] * m[2, 1] - m[1, 1] * m[2, 0])
                )


@compiled
def _slope(vectors: NDArray[np.float32], k: int, j: int, i: int, out: NDArray[np.float64]) -> None:
    """Derivative of each component along each array axis, per voxel."""
    size = vectors.shape
    k0, k1 = max(k - 1, 0), min(k + 1, size[0] - 1)
    j0, j1 = max(j - 1, 0), min(j + 1, size[1] - 1)
    i0, i1 = max(i - 1, 0), min(i + 1, size[2] - 1)
    for row in range(3):
        out[row, 0] = (vectors[k1, j, i, row] - vectors[k0, j, i, row]) / max(k1 - k0, 1)
        out[row, 1] = (vectors[k, j1, i, row] - vectors[k, j0, i, row]) / max(j1 - j0, 1)
        out[row, 2] = (vectors[k, j, i1, row] - vectors[k, j, i0, row]) / max(i1 - i0, 1)
