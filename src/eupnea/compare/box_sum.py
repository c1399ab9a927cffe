"""Sums over a cubic window around every voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled


@compiled
def box_sum(
    source: NDArray[np.float32],
    radius: int,
    out: NDArray[np.float32],
    scratch: NDArray[np.float32],
) -> None:
    """Write to `out` the sum of `source` within `radius` voxels along each axis.

    Windows end at the border. Running sums make the cost independent of the
    radius; `scratch` has the shape of `source`.
    """
    _along_slices(source, radius, out)
    _along_rows(out, radius, scratch)
    _along_columns(scratch, radius, out)


@compiled
def _along_slices(source: NDArray[np.float32], radius: int, out: NDArray[np.float32]) -> None:
    for j in range(source.shape[1]):
        _down_lines(source[:, j, :], radius, out[:, j, :])


@compiled
def _along_rows(source: NDArray[np.float32], radius: int, out: NDArray[np.float32]) -> None:
    for k in range(source.shape[0]):
        _down_lines(source[k], radius, out[k])


@compiled
def _down_lines(source: NDArray[np.float32], radius: int, out: NDArray[np.float32]) -> None:
    """Sum along the first axis of a plane, all its columns side by side."""
    length, width = source.shape
    total = np.zeros(width, np.float32)
    for n in range(min(radius, length)):
        total += source[n]
    for n in range(length):
        if n + radius < length:
            total += source[n + radius]
        if n - radius - 1 >= 0:
            total -= source[n - radius - 1]
        out[n] = total


@compiled
def _along_columns(source: NDArray[np.float32], radius: int, out: NDArray[np.float32]) -> None:
    depth, height, width = source.shape
    for k in range(depth):
        for j in range(height):
            total = np.float32(0.0)
            for i in range(min(radius, width)):
                total += source[k, j, i]
            for i in range(width):
                if i + radius < width:
                    total += source[k, j, i + radius]
                if i - radius - 1 >= 0:
                    total -= source[k, j, i - radius - 1]
                out[k, j, i] = total
