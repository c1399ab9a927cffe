"""What each kind of lesion does to the density of the lung."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from eupnea.phantom.plan import LesionKind
from eupnea.phantom.shapes import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Spot:
    """Voxels at and around a lesion."""

    depth_mm: Floats
    """How deep inside the lesion; negative outside."""
    radius_mm: float
    healthy_hu: Floats
    """What the lung would have here without it."""
    texture: Floats
    """Smooth noise that lies still in the tissue, mean 0 and standard deviation 1."""
    weave: Floats
    """The same, of one grain size."""


def _ground_glass(spot: Spot) -> Floats:
    """Hazy: denser, the vessels still seen."""
    return np.asarray(spot.healthy_hu + 230 + 55 * spot.texture)


def _reticulation(spot: Spot) -> Floats:
    """A net of thickened septa, where the weave passes through zero, on a haze."""
    lines = np.exp(-((spot.weave / np.float32(0.28)) ** 2))
    return np.asarray(spot.healthy_hu + 140 + lines * (-350 - spot.healthy_hu))


def _bulla(spot: Spot) -> Floats:
    """Air behind a hair-thin wall."""
    wall = np.clip(1.2 - spot.depth_mm, 0, 1)
    return np.asarray(-985 + 500 * wall + 4 * spot.texture)


def _cavity(spot: Spot) -> Floats:
    """A thick wall around air."""
    hollow = np.clip(spot.depth_mm - 0.42 * spot.radius_mm, 0, 1)
    return np.asarray(25 + 12 * spot.texture - 975 * hollow)


def _part_solid(spot: Spot) -> Floats:
    """A solid core in ground glass."""
    haze = spot.healthy_hu + 210 + 45 * spot.texture
    core = np.clip(spot.depth_mm - 0.5 * spot.radius_mm, 0, 1)
    return np.asarray(haze + core * (20 - haze))


def _nodule(spot: Spot) -> Floats:
    return 35 + 8 * spot.texture


def _consolidation(spot: Spot) -> Floats:
    """Airless, but for the airways in it, which are painted afterward."""
    return 30 + 22 * spot.texture


def _pleural(spot: Spot) -> Floats:
    return 22 + 10 * spot.texture


DENSITY: Mapping[LesionKind, Callable[[Spot], Floats]] = MappingProxyType(
    {
        LesionKind.GROUND_GLASS: _ground_glass,
        LesionKind.CONSOLIDATION: _consolidation,
        LesionKind.NODULE: _nodule,
        LesionKind.PART_SOLID: _part_solid,
        LesionKind.CAVITY: _cavity,
        LesionKind.RETICULATION: _reticulation,
        LesionKind.BULLA: _bulla,
        LesionKind.PLEURAL: _pleural,
    }
)
"""Hounsfield units inside a lesion, by kind."""
