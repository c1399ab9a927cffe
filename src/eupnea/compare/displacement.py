"""A field of displacements, and how to walk along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.compare.compiled import compiled
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry


@dataclass(frozen=True, kw_only=True, eq=False)
class Displacement:
    """Vectors in mm (LPS) on a regular grid; between voxels linear, beyond them constant.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` when vectors and grid differ in shape.

    Examples:
        >>> grid = Geometry.regular(shape=(2, 2, 2), spacing_mm=(2.0, 2.0, 2.0))
        >>> shift = np.full((2, 2, 2, 3), 5.0, np.float32)
        >>> Displacement(vectors=shift, geometry=grid).apply([[1.0, 1.0, 1.0]]).tolist()
        [[6.0, 6.0, 6.0]]
    """

    vectors: NDArray[np.float32]
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

    def at(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """The displacement (..., 3) at positions (..., 3) in mm, LPS."""
        index = self.geometry.to_index(points_mm)
        flat = np.ascontiguousarray(index.reshape(-1, 3))
        return _interpolate(self.vectors, flat).reshape(index.shape)

    def apply(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Where positions (..., 3) in mm, LPS, are moved to."""
        return np.asarray(points_mm, dtype=np.float64) + self.at(points_mm)

    def gradient(self) -> NDArray[np.float32]:
        """Derivative of the vectors along x, y and z, shape (..., 3, 3), central differences."""
        along_axes = np.stack(
            [
                np.gradient(self.vectors, np.float32(step), axis=axis)
                for axis, step in enumerate(self.geometry.spacing_mm)
            ],
            axis=-1,
        )
        return np.asarray(along_axes @ self.geometry.direction.T.astype(np.float32))


@compiled
def _interpolate(vectors: NDArray[np.float32], index: NDArray[np.float64]) -> NDArray[np.float64]:
    depth, height, width = vectors.shape[:3]
    out = np.empty((index.shape[0], 3))
    for n in range(index.shape[0]):
        k = min(max(index[n, 0], 0.0), depth - 1.0)
        j = min(max(index[n, 1], 0.0), height - 1.0)
        i = min(max(index[n, 2], 0.0), width - 1.0)
        k0, j0, i0 = int(k), int(j), int(i)
        k1, j1, i1 = min(k0 + 1, depth - 1), min(j0 + 1, height - 1), min(i0 + 1, width - 1)
        a, b, c = k - k0, j - j0, i - i0
        for axis in range(3):
            front = (1 - b) * (
                (1 - c) * vectors[k0, j0, i0, axis] + c * vectors[k0, j0, i1, axis]
            ) + b * ((1 - c) * vectors[k0, j1, i0, axis] + c * vectors[k0, j1, i1, axis])
            back = (1 - b) * (
                (1 - c) * vectors[k1, j0, i0, axis] + c * vectors[k1, j0, i1, axis]
            ) + b * ((1 - c) * vectors[k1, j1, i0, axis] + c * vectors[k1, j1, i1, axis])
            out[n, axis] = (1 - a) * front + a * back
    return out
