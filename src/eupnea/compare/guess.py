"""First guesses of the affine map between two organs, from their masks alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.coverage import is_cut
from eupnea.mask import Mask

Matrix = NDArray[np.float64]
Profile = NDArray[np.float64]

STEP_MM = 2.0
LEAST_COMMON_MM = 60.0
"""Organs that share less of their length cannot be recognised by their outline."""
APART_MM = 30.0
"""Guesses that differ by less lead to one answer."""
MOST = 4


def guess_affine(fixed: Mask, moving: Mask) -> list[Matrix]:
    """Scale and shift that bring two masks together; 4 x 4, mm, LPS, fixed to moving.

    Whole organs are matched by centre and spread. An organ that is cut off by
    the end of its image has neither: then nothing is scaled, and the areas of
    its sections tell how far up or down it may lie.

    Returns:
        One guess for whole organs; else up to four, the best first.
    """
    if not any(is_cut(fixed) + is_cut(moving)):
        return [_by_moments(fixed, moving)]
    return _by_sections(fixed, moving) or [_by_moments(fixed, moving)]


def _by_moments(fixed: Mask, moving: Mask) -> Matrix:
    here, there = _moments(fixed), _moments(moving)
    scale = there[1] / here[1]
    matrix = np.diag([*scale, 1.0])
    matrix[:3, 3] = there[0] - scale * here[0]
    return matrix


def _moments(mask: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre and standard deviation along x, y and z, in mm."""
    counts = [mask.voxels.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1))]
    index = [np.arange(len(count)) for count in counts]
    centre = np.array([np.average(n, weights=c) for n, c in zip(index, counts, strict=True)])
    spread = [
        np.sqrt(np.average((n - m) ** 2, weights=c))
        for n, m, c in zip(index, centre, counts, strict=True)
    ]
    axes = np.abs(mask.geometry.affine[:3, :3])
    return mask.geometry.to_mm(centre), np.sqrt(axes**2 @ np.square(spread))


def _by_sections(fixed: Mask, moving: Mask) -> list[Matrix]:
    """Shifts along the body where sections agree, with their centres across it."""
    low, here = _areas(fixed)
    start, there = _areas(moving)
    cost = {offset: _difference(here, there, offset) for offset in _offsets(here, there)}
    chosen: list[int] = []
    for offset in sorted(cost, key=lambda offset: (cost[offset], abs(offset))):
        apart = all(abs(offset - other) * STEP_MM >= APART_MM for other in chosen)
        if apart and len(chosen) < MOST and np.isfinite(cost[offset]):
            chosen.append(offset)
    return [_shift(fixed, moving, (start - low) + offset * STEP_MM) for offset in chosen]


def _shift(fixed: Mask, moving: Mask, rise_mm: float) -> Matrix:
    matrix = np.eye(4)
    matrix[:2, 3] = _across(fixed, moving, rise_mm)
    matrix[2, 3] = rise_mm
    return matrix


def _areas(mask: Mask) -> tuple[float, Profile]:
    """Height of the lowest slice, and the area of the organ from there on, every 2 mm.

    Where the image goes on without the organ, the area is 0.
    """
    _, j, i = mask.geometry.spacing_mm
    areas = np.count_nonzero(mask.voxels, axis=(1, 2)) * j * i
    heights = mask.geometry.to_mm(np.stack([np.arange(len(areas)), *np.zeros((2, len(areas)))], 1))
    z = heights[:, 2]
    return float(z[0]), np.interp(np.arange(z[0], z[-1] + 1e-6, STEP_MM), z, areas)


def _offsets(here: Profile, there: Profile) -> range:
    """Positions of the second profile's start that leave enough in common."""
    least = int(LEAST_COMMON_MM / STEP_MM)
    return range(-(len(here) - least), max(len(there) - least, 1))


def _difference(here: Profile, there: Profile, offset: int) -> float:
    """Mean difference of areas in the common length, in units of their mean."""
    low, high = max(0, -offset), min(len(here), len(there) - offset)
    if high - low < LEAST_COMMON_MM / STEP_MM:
        return np.inf
    first, second = here[low:high], there[low + offset : high + offset]
    both = float((first + second).sum())
    return float(np.abs(first - second).sum()) / both if both else np.inf


def _across(fixed: Mask, moving: Mask, rise_mm: float) -> NDArray[np.float64]:
    """Shift along x and y between the centres of the sections in common."""
    low = max(_bottom(fixed), _bottom(moving) - rise_mm)
    high = min(_top(fixed), _top(moving) - rise_mm)
    here = _centre(fixed, low, high)
    there = _centre(moving, low + rise_mm, high + rise_mm)
    return np.asarray(there - here)


def _centre(mask: Mask, low: float, high: float) -> NDArray[np.float64]:
    z = mask.geometry.to_mm([[k, 0, 0] for k in range(mask.voxels.shape[0])])[:, 2]
    section = mask.voxels[(z >= low) & (z <= high)]
    index = np.argwhere(section if section.any() else mask.voxels)
    return np.asarray(mask.geometry.to_mm(index.mean(axis=0))[:2])


def _bottom(mask: Mask) -> float:
    return float(mask.geometry.origin_mm[2])


def _top(mask: Mask) -> float:
    return float(mask.geometry.to_mm((mask.voxels.shape[0] - 1, 0, 0))[2])
