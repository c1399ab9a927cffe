"""Tubes drawn on a grid with partial volume."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from eupnea.geometry import Geometry
from eupnea.phantom.shapes import Floats
from eupnea.phantom.tree import Tubes

FULL = 255
"""A voxel that lies wholly inside."""
SPREAD = 2.2
"""How far outside its wall a tube is still drawn, in standard deviations of the blur."""
THICKEST, FARTHEST, STEP = 6.0, 4.0, 0.125
"""Extent and step of the table of profiles, in units of the blur; thicker walls look flat."""
BATCH_VOXELS = 400_000
"""Pieces with boxes of one size are drawn together, up to so many voxels."""

Indices = NDArray[np.intp]


def draw(tubes: Tubes, grid: Geometry, *, blur_mm: float) -> NDArray[np.uint8]:
    """How much of each voxel the tubes fill, 0 to 255, as the scanner sees it.

    A tube is a long cylinder seen through a Gaussian, so that one thinner than
    a voxel grows faint and keeps its volume.

    Args:
        tubes: In the grid's own space, LPS mm.
        grid: A canonical grid.
        blur_mm: Standard deviation of the blur, voxel size included.
    """
    covered = np.zeros(grid.shape, np.uint8)
    starts, ends = grid.to_index(tubes.start_mm), grid.to_index(tubes.end_mm)
    widest = np.maximum(tubes.start_radius_mm, tubes.end_radius_mm) + SPREAD * blur_mm
    margin = widest[:, None] / np.array(grid.spacing_mm)
    low = np.maximum(np.floor(np.minimum(starts, ends) - margin), 0).astype(np.intp)
    high = np.minimum(np.ceil(np.maximum(starts, ends) + margin) + 1, grid.shape).astype(np.intp)
    for chosen, size in _batches(high - low):
        part = _coverage(tubes[chosen], starts[chosen], low[chosen], size, grid, blur_mm)
        _keep_highest(covered, part, low[chosen])
    return covered


def _batches(sizes: Indices) -> Iterator[tuple[Indices, tuple[int, int, int]]]:
    """Pieces whose boxes have about one size, rounded up to even numbers; none outside."""
    inside = np.flatnonzero((sizes > 0).all(axis=1))
    even = (sizes[inside] + 1) // 2 * 2
    order = np.lexsort(even.T)
    edges = np.flatnonzero(np.any(np.diff(even[order], axis=0), axis=1)) + 1
    for alike in np.split(order, edges):
        if len(alike) == 0:
            continue
        k, j, i = (int(n) for n in even[alike[0]])
        step = max(1, BATCH_VOXELS // (k * j * i))
        for first in range(0, len(alike), step):
            yield inside[alike[first : first + step]], (k, j, i)


def _coverage(
    tubes: Tubes,
    starts: NDArray[np.float64],
    low: Indices,
    size: tuple[int, int, int],
    grid: Geometry,
    blur_mm: float,
) -> NDArray[np.uint8]:
    """Coverage (pieces, k, j, i) in the box of each piece."""
    axes, along = [], (tubes.end_mm - tubes.start_mm)[:, ::-1].astype(np.float32)
    for axis, (count, spacing) in enumerate(zip(size, grid.spacing_mm, strict=True)):
        offset = (low[:, axis, None] + np.arange(count) - starts[:, axis, None]) * spacing
        shape = [len(low), 1, 1, 1]
        shape[axis + 1] = count
        axes.append(offset.astype(np.float32).reshape(shape))
    per_length2 = along / (np.sum(along**2, axis=1, keepdims=True) + np.float32(1e-9))
    t = np.clip(sum(axis * _column(per_length2[:, n]) for n, axis in enumerate(axes)), 0, 1)
    distance2 = sum((axis - t * _column(along[:, n])) ** 2 for n, axis in enumerate(axes))
    thicker = tubes.end_radius_mm - tubes.start_radius_mm
    radius = _column(tubes.start_radius_mm) + t * _column(thicker)
    return _seen(np.sqrt(distance2), radius, blur_mm)


def _seen(distance: Floats, radius: Floats, blur_mm: float) -> NDArray[np.uint8]:
    """Coverage at distances from the axis of tubes of some radius."""
    thickness = radius / np.float32(blur_mm)
    outside = distance / np.float32(blur_mm) - thickness
    at = np.stack(
        [
            np.minimum(thickness, THICKEST) / STEP,
            (np.clip(outside, -FARTHEST, FARTHEST) + FARTHEST) / STEP,
        ]
    )
    share = ndimage.map_coordinates(_profiles(), at, order=1, mode="nearest")
    return np.asarray(share * FULL + np.float32(0.5)).astype(np.uint8)


@cache
def _profiles() -> Floats:
    """Coverage by thickness (rows) and distance from the wall (columns), in units of the blur.

    A point at distance d is blurred into a disc of radius r with the
    probability that a noncentral chi-square variable of two degrees of freedom
    and noncentrality d^2 is below r^2.
    """
    thickness = np.arange(0, THICKEST + STEP, STEP)[:, None]
    outside = np.arange(-FARTHEST, FARTHEST + STEP, STEP)
    distance = np.maximum(thickness + outside, 0)
    return np.asarray(special.chndtr(thickness**2, 2, distance**2), dtype=np.float32)


def _keep_highest(covered: NDArray[np.uint8], part: NDArray[np.uint8], low: Indices) -> None:
    """Lays boxes over the whole; where they meet, the highest coverage stays."""
    piece, *offset = np.nonzero(part)
    at = [low[piece, axis] + offset[axis] for axis in range(3)]
    fits = np.all([index < count for index, count in zip(at, covered.shape, strict=True)], axis=0)
    values = part[piece, offset[0], offset[1], offset[2]][fits]
    where = np.ravel_multi_index([index[fits] for index in at], covered.shape)
    np.maximum.at(covered.reshape(-1), where, values)


def _column(values: Floats) -> Floats:
    """One value per piece, to go with its box."""
    return values.astype(np.float32)[:, None, None, None]
