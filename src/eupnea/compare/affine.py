"""The affine map between two lungs, fitted to their tissue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.correlation import LocalCorrelation
from eupnea.compare.grid import voxel_indices
from eupnea.compare.warp import warp
from eupnea.compare.working import WorkingImage, WorkingPair

Matrix = NDArray[np.float64]

COARSE_MM = 6.0
STEPS = 80
RATE = 0.1
"""Longest step, in voxels at the border of the grid."""
RADIUS = 3


def fit_affine(fixed: WorkingImage, moving: WorkingImage, start: Matrix) -> Matrix:
    """Improve a map by the local correlation of coarse images."""
    pair = WorkingPair.of(fixed, moving, start, spacing_mm=COARSE_MM)
    mask = ndimage.binary_dilation(pair.fixed_roi, iterations=2)
    similarity = LocalCorrelation(pair.fixed, mask, RADIUS)
    shape = pair.grid.shape
    lever = _levers(shape)
    slope, force = np.empty((3, *shape), np.float32), np.empty((3, *shape), np.float32)
    warped = np.empty(shape, np.float32)
    weights, mean, square = (np.zeros((3, 4)) for _ in range(3))
    for count in range(1, STEPS + 1):
        field = (weights @ lever).astype(np.float32).reshape(3, *shape)
        warp(pair.moving, mask, field, warped, slope)
        similarity.pull(warped, slope, force)
        pull = force.reshape(3, -1) @ lever.T
        mean = 0.9 * mean + 0.1 * pull
        square = 0.99 * square + 0.01 * pull**2
        weights += RATE * (mean / (1 - 0.9**count)) / (np.sqrt(square / (1 - 0.99**count)) + 1e-9)
    return start @ _in_mm(weights, pair)


def _levers(shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """(4, n): 1, and the position of each voxel along each axis, -1 to 1."""
    half = (np.array(shape) - 1) / 2
    position = (voxel_indices(shape) - half) / half
    return np.vstack([np.ones(len(position)), position.T])


def _in_mm(weights: NDArray[np.float64], pair: WorkingPair) -> Matrix:
    """The displacement that `weights` give to voxels, as a matrix in mm."""
    half = (np.array(pair.grid.shape) - 1) / 2
    voxels = np.eye(4)
    voxels[:3, :3] += weights[:, 1:] / half
    voxels[:3, 3] = weights[:, 0] - weights[:, 1:].sum(axis=1)
    to_mm = pair.grid.affine
    return np.asarray(to_mm @ voxels @ np.linalg.inv(to_mm))
