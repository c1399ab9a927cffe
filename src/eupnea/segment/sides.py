"""Right and left lung."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.box import box_of
from eupnea.segment.components import components
from eupnea.segment.morphology import Spacing, distance_mm

RIGHT, LEFT = 1, 2

SMALLEST_SHARE = 0.1
"""A lung smaller than this share of both is not told from a fragment of the other."""

NECK_RADII_MM = (0.0, 2.0, 4.0, 6.0, 8.0, 12.0)
"""Erosions tried until the bridge between the lungs gives way."""


def split_sides(lungs: NDArray[np.bool_], spacing_mm: Spacing) -> NDArray[np.uint8]:
    """Labels right (1) and left (2) lung; all of it one side when only one lung is there.

    Bridges between the lungs, at the anterior junction or across the
    mediastinum, are eroded until two bodies are left; each voxel then goes to
    the nearer of the two.

    Args:
        lungs: Both lungs (slices, rows, columns), canonical, perhaps touching.
        spacing_mm: Of the grid.
    """
    sides = np.zeros(lungs.shape, np.uint8)
    if lungs.any():
        box = box_of(lungs, (1, 1, 1))
        sides[box][lungs[box]] = _side_of_each(lungs[box], spacing_mm)
    return sides


def single_side(lung: NDArray[np.bool_]) -> int:
    """The side of a lone lung, by its shape.

    Its costal surface is convex; its medial surface gives way to heart, hilum
    and spine. The surface that falls farther behind its own convex envelope,
    summed over the axial slices, is the medial one.
    """
    right_gap = left_gap = 0.0
    for section in lung:
        rows = np.flatnonzero(section.any(axis=1))
        if len(rows) < 3:
            continue
        first = section[rows].argmax(axis=1)
        last = section.shape[1] - 1 - section[rows][:, ::-1].argmax(axis=1)
        right_gap += _gap_to_envelope(rows, -first)
        left_gap += _gap_to_envelope(rows, last)
    return RIGHT if left_gap > right_gap else LEFT


def _side_of_each(lungs: NDArray[np.bool_], spacing_mm: Spacing) -> NDArray[np.uint8] | int:
    """The side of each voxel of the lungs, or of all of them."""
    seeds = _two_seeds(lungs, spacing_mm)
    if seeds is None:
        return single_side(lungs)
    right, left = (distance_mm(~seed, spacing_mm)[lungs] for seed in seeds)
    return np.where(right <= left, np.uint8(RIGHT), np.uint8(LEFT))


def _two_seeds(
    lungs: NDArray[np.bool_], spacing_mm: Spacing
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """The cores of the right and the left lung; `None` when there is but one."""
    depth = distance_mm(lungs, spacing_mm)
    for radius in NECK_RADII_MM:
        labels, counts = components(depth > radius, connectivity=6)
        if len(counts) > 1 and counts[1] >= SMALLEST_SHARE * counts.sum():
            first, second = labels == 1, labels == 2
            in_order = np.nonzero(first)[2].mean() < np.nonzero(second)[2].mean()
            return (first, second) if in_order else (second, first)
    return None


def _gap_to_envelope(x: NDArray[np.int64], y: NDArray[np.int64]) -> float:
    """Area between a curve and the upper side of its convex hull.

    Examples:
        >>> _gap_to_envelope(np.array([0, 1, 2]), np.array([0, -1, 0]))
        1.0
        >>> _gap_to_envelope(np.array([0, 1, 2]), np.array([0, 1, 0]))
        0.0
    """
    hull: list[int] = []
    for n in range(len(x)):
        while len(hull) > 1 and _turns_left(x, y, hull[-2], hull[-1], n):
            hull.pop()
        hull.append(n)
    envelope = np.interp(x, x[hull], y[hull])
    return float((envelope - y).sum())


def _turns_left(x: NDArray[np.int64], y: NDArray[np.int64], a: int, b: int, c: int) -> bool:
    cross = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
    return bool(cross >= 0)
