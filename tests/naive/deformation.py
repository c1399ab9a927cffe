"""Interpolation, Jacobian and warping, point by point."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.alignment import Alignment
from eupnea.compare.displacement import Displacement
from eupnea.mask import Mask


def vector_at(field: Displacement, point_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Trilinear interpolation as the sum over eight corners; constant beyond the grid."""
    top = np.array(field.geometry.shape) - 1
    index = np.clip(field.geometry.to_index(point_mm), 0, top)
    base = np.floor(index).astype(int)
    total = np.zeros(3)
    for corner in itertools.product((0, 1), repeat=3):
        weight = np.prod(np.where(corner, index - base, 1 - (index - base)))
        k, j, i = np.minimum(base + corner, top)
        total += weight * field.vectors[k, j, i]
    return total


def jacobian_at(field: Displacement, index: tuple[int, int, int]) -> float:
    """Determinant of central differences, by moving one voxel each way."""
    derivative = np.eye(3)
    to_mm = field.geometry.affine[:3, :3]
    along = np.empty((3, 3))
    for axis in range(3):
        low, high = list(index), list(index)
        low[axis] = max(index[axis] - 1, 0)
        high[axis] = min(index[axis] + 1, field.geometry.shape[axis] - 1)
        step = max(high[axis] - low[axis], 1)
        along[:, axis] = (field.vectors[tuple(high)] - field.vectors[tuple(low)]) / step
    derivative += along @ np.linalg.inv(to_mm)
    return float(np.linalg.det(derivative))


def warp_mask(alignment: Alignment, mask: Mask) -> NDArray[np.bool_]:
    """Each voxel of the fixed grid asks the nearest voxel of the moving one."""
    warped = np.zeros(alignment.fixed.shape, bool)
    for index in np.ndindex(alignment.fixed.shape):
        there = alignment.to_moving(alignment.fixed.to_mm(index))
        k, j, i = np.floor(alignment.moving.to_index(there) + 0.5).astype(int)
        shape = mask.voxels.shape
        if 0 <= k < shape[0] and 0 <= j < shape[1] and 0 <= i < shape[2]:
            warped[index] = mask.voxels[k, j, i]
    return warped
