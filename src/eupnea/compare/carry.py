"""Voxels of one grid, looked up in another, without a detour over lists of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled
from eupnea.compare.displacement import interpolate_at

OUTSIDE = -1
"""In place of a flat voxel index: the point lies beyond the grid."""


@compiled
def carry_voxels(
    flat: NDArray[np.intp],
    shape: tuple[int, int, int],
    affines: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    residual: NDArray[np.float32],
    residual_to_index: NDArray[np.float64],
    target_shape: tuple[int, int, int],
) -> NDArray[np.intp]:
    """For flat voxels of a grid, the nearest flat voxels of another one.

    Args:
        flat: C-order positions in an array of `shape`.
        shape: Of the source.
        affines: Each 3 x 4: source index to mm; mm to mm; mm to target index.
        residual: Vectors (slices, rows, columns, 3) added in the target's mm.
        residual_to_index: 3 x 4, from source mm to an index of `residual`.
        target_shape: Of the target.

    Returns:
        Flat positions in an array of `target_shape`, or `OUTSIDE`.
    """
    to_mm, mapping, to_target = affines
    out = np.empty(flat.size, np.intp)
    index, here, there, extra = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    for n in range(flat.size):
        plane, i = divmod(flat[n], shape[2])
        k, j = divmod(plane, shape[1])
        index[0], index[1], index[2] = k, j, i
        _transform(to_mm, index, here)
        _transform(mapping, here, there)
        interpolate_at(residual, residual_to_index, here, extra)
        there += extra
        _transform(to_target, there, index)
        out[n] = _nearest(index, target_shape)
    return out


@compiled
def _transform(
    matrix: NDArray[np.float64], point: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for row in range(3):
        out[row] = matrix[row, 3]
        for column in range(3):
            out[row] += matrix[row, column] * point[column]


@compiled
def _nearest(index: NDArray[np.float64], shape: tuple[int, int, int]) -> int:
    k, j, i = np.floor(index[0] + 0.5), np.floor(index[1] + 0.5), np.floor(index[2] + 0.5)
    if 0 <= k < shape[0] and 0 <= j < shape[1] and 0 <= i < shape[2]:
        return (int(k) * shape[1] + int(j)) * shape[2] + int(i)
    return OUTSIDE
