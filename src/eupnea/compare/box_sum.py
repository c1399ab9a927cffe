"""Sums over a cubic window around every voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled

Image = NDArray[np.float32]


@compiled
def box_sum(source: Image, radius: int, out: Image) -> None:
    """Write to `out` the sum of `source` within `radius` voxels along each axis.

    Windows end at the border. Running sums make the cost independent of the
    radius; each slice is finished while it is in the processor's cache.
    """
    depth, height, width = source.shape
    slab, rows = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for k in range(min(radius, depth)):
        _add(source[k], np.float32(1), slab)
    for k in range(depth):
        if k + radius < depth:
            _add(source[k + radius], np.float32(1), slab)
        if k - radius - 1 >= 0:
            _add(source[k - radius - 1], np.float32(-1), slab)
        _along_rows(slab, radius, rows)
        _along_columns(rows, radius, out[k])


@compiled
def _add(plane: Image, sign: np.float32, total: Image) -> None:
    for j in range(plane.shape[0]):
        for i in range(plane.shape[1]):
            total[j, i] += sign * plane[j, i]


@compiled
def _along_rows(plane: Image, radius: int, out: Image) -> None:
    height, width = plane.shape
    total = np.zeros(width, np.float32)
    for j in range(min(radius, height)):
        for i in range(width):
            total[i] += plane[j, i]
    for j in range(height):
        enter, leave = j + radius, j - radius - 1
        if enter < height:
            for i in range(width):
                total[i] += plane[enter, i]
        if leave >= 0:
            for i in range(width):
                total[i] -= plane[leave, i]
        for i in range(width):
            out[j, i] = total[i]


@compiled
def _along_columns(plane: Image, radius: int, out: Image) -> None:
    """Shifted additions, which processors do eight at a time; a running sum cannot."""
    height, width = plane.shape
    for j in range(height):
        for i in range(width):
            out[j, i] = plane[j, i]
        for shift in range(1, min(radius, width - 1) + 1):
            for i in range(width - shift):
                out[j, i] += plane[j, i + shift]
            for i in range(shift, width):
                out[j, i] += plane[j, i - shift]
