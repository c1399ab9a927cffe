"""Six lung zones: right and left; upper, middle and lower third of each lung's height.

Thirds of height between apex and base are the zones of chest radiology (upper,
middle, lower) and of the six-zone CT severity scores; they need no lobes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ZoneShare
from eupnea.mask import Mask
from eupnea.organ import Zones
from eupnea.segment.blocks import Blocks
from eupnea.segment.coarse import ANATOMY_MM
from eupnea.segment.sides import LEFT, RIGHT, split_sides

HEIGHTS = ("upper", "middle", "lower")
NAMES = tuple(f"{side} {height}" for side in ("right", "left") for height in HEIGHTS)


def lung_zones(roi: Mask) -> Zones:
    """The six zones of the lungs; they partition the region of interest."""
    blocks = Blocks.of(roi.geometry, spacing_mm=ANATOMY_MM)
    coarse = split_sides(blocks.holding(roi.voxels), blocks.geometry.spacing_mm)
    sides = np.where(roi.voxels, blocks.to_source(coarse), np.uint8(0))
    labels = np.zeros(roi.voxels.shape, np.uint8)
    for n, side in enumerate((RIGHT, LEFT)):
        lung = sides == side
        for third, part in enumerate(_thirds(lung)):
            labels[part][lung[part]] = 3 * n + third + 1
    return Zones(labels=labels, names=NAMES, geometry=roi.geometry)


def zone_shares(zones: Zones, abnormal: Mask) -> tuple[ZoneShare, ...]:
    """Volume of each zone, and how much of it is abnormal."""
    size = len(zones.names) + 1
    whole = np.bincount(zones.labels.ravel(), minlength=size)
    sick = np.bincount(zones.labels[abnormal.voxels], minlength=size)
    voxel_ml = zones.geometry.voxel_volume_ml
    return tuple(
        ZoneShare(
            name=name,
            volume_ml=float(whole[n]) * voxel_ml,
            abnormal_ml=float(sick[n]) * voxel_ml,
            abnormal_fraction=float(sick[n] / whole[n]) if whole[n] else 0.0,
        )
        for n, name in enumerate(zones.names, start=1)
    )


def _thirds(lung: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    """Slices of the upper, middle and lower third of a lung's height."""
    present = np.flatnonzero(lung.any(axis=(1, 2)))
    if not len(present):
        return slice(0, 0), slice(0, 0), slice(0, 0)
    low, high = int(present[0]), int(present[-1]) + 1
    first, second = low + round((high - low) / 3), low + round(2 * (high - low) / 3)
    return slice(second, high), slice(first, second), slice(low, first)
