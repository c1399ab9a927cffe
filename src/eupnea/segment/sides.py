"""Right and left lung."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    if not lungs.any():
        return sides
    seeds = _two_seeds(lungs, spacing_mm)
    if seeds is None:
        sides[lungs] = _single_side(lungs)
        return sides
    right, left = (distance_mm(~seed, spacing_mm) for seed in seeds)
    sides[lungs] = np.where(right <= left, RIGHT, LEFT)[lungs]
    return sides


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


def _single_side(lungs: NDArray[np.bool_]) -> int:
    """Left when the only lung lies in the left half of the image."""
    return LEFT if float(np.nonzero(lungs)[2].mean()) > lungs.shape[2] / 2 else RIGHT
