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
    depth, height, width = source.shape
    for j in range(height):
        total = np.zeros(width, np.float32)
        for k in range(min(radius, depth)):
            for i in range(width):
                total[i] += source[k, j, i]
        for k in range(depth):
            enter, leave = k + radius, k - radius - 1
            if enter < depth:
                for i in range(width):
                    total[i] += source[enter, j, i]
            if leave >= 0:
                for i in range(width):
                    total[i] -= source[leave, j, i]
            for i in range(width):
                out[k, j, i] = total[i]


@compiled
def _along_rows(source: NDArray[np.float32], radius: int, out: NDArray[np.float32]) -> None:
    depth, height, width = source.shape
    for k in range(depth):
        total = np.zeros(width, np.float32)
        for j in range(min(radius, height)):
            for i in range(width):
                total[i] += source[k, j, i]
        for j in range(height):
            enter, leave = j + radius, j - radius - 1
            if enter < height:
                for i in range(width):
                    total[i] += source[k, enter, i]
            if leave >= 0:
                for i in range(width):
                    total[i] -= source[k, leave, i]
            for i in range(width):
                out[k, j, i] = total[i]


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
