"""Smooth solids as functions that are negative inside and grow, about 1 per mm, outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Mostly of 32 bits: no solid needs more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """Many positions in the reference space: mm to the left, to the back, to the head."""

    x: Floats
    y: Floats
    z: Floats

    @classmethod
    def of(cls, points_mm: NDArray[np.float64]) -> Place:
        """From points (..., 3), LPS."""
        x, y, z = (
            np.ascontiguousarray(points_mm[..., axis], dtype=np.float32) for axis in range(3)
        )
        return cls(x=x, y=y, z=z)


def ellipsoid(
    place: Place, centre: tuple[float, float, float], radii: tuple[float, float, float]
) -> Floats:
    """An ellipsoid along the axes; its scale is that of its smallest radius."""
    squares = sum(
        ((axis - np.float32(c)) / np.float32(r)) ** 2
        for axis, c, r in zip((place.x, place.y, place.z), centre, radii, strict=True)
    )
    return np.asarray((np.sqrt(squares) - 1) * np.float32(min(radii)), dtype=np.float32)


def pillar(place: Place, centre: tuple[float, float], radii: tuple[float, float]) -> Floats:
    """An endless upright column with an elliptical section."""
    squares = ((place.x - np.float32(centre[0])) / np.float32(radii[0])) ** 2
    squares += ((place.y - np.float32(centre[1])) / np.float32(radii[1])) ** 2
    return np.asarray((np.sqrt(squares) - 1) * np.float32(min(radii)), dtype=np.float32)


def slab(axis: Floats, centre: float | Floats, half: float | Floats) -> Floats:
    """Everything within a distance of a plane."""
    return np.asarray(np.abs(axis - centre) - half, dtype=np.float32)


def both(*solids: Floats, blend_mm: float = 0.0) -> Floats:
    """What lies inside all solids, with edges rounded over some mm."""
    result = solids[0]
    for solid in solids[1:]:
        result = _soft_max(result, solid, blend_mm)
    return result


def either(*solids: Floats, blend_mm: float = 0.0) -> Floats:
    """What lies inside any solid, with the creases filled over some mm."""
    result = -solids[0]
    for solid in solids[1:]:
        result = _soft_max(result, -solid, blend_mm)
    return -result


def _soft_max(one: Floats, two: Floats, blend_mm: float) -> Floats:
    highest = np.maximum(one, two)
    if blend_mm <= 0:
        return highest
    near = np.maximum(1 - np.abs(one - two) * np.float32(1 / blend_mm), 0)
    return np.asarray(highest + near * near * np.float32(blend_mm / 4), dtype=np.float32)
