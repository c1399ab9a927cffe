"""The healthy anatomy of one synthetic patient, in the reference space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.phantom.motion import APEX_Z_MM
from eupnea.phantom.shapes import Floats, Place, both, either, ellipsoid, pillar, slab

Points = NDArray[np.float64]

POWER = 2.35
"""Exponent of the chest's section: an ellipse has 2, a rectangle infinity."""


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """Sizes of one patient, and the solids that follow from them.

    Each method takes positions and gives a function that is negative inside;
    x is positive on the patient's left, y at the back, z at the head.
    """

    half_width_mm: float
    half_depth_mm: float
    wall_mm: float
    """Muscle and fat around the chest."""
    heart_mm: float
    """Mean radius of the heart."""
    right_dome_mm: float
    """Height of the right dome of the diaphragm; the left one is lower."""
    vertebra_mm: float
    """Distance between one disc and the next."""
    waves: NDArray[np.float64]
    """(6, 3, 3): wave vectors, phases and sizes of the body's irregularity."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Anatomy:
        """An adult's chest."""
        directions = rng.normal(size=(6, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = rng.uniform(70, 150, size=(6, 1))
        waves = np.stack(
            [
                2 * np.pi * directions / lengths,
                rng.uniform(0, 2 * np.pi, size=(6, 3)),
                rng.normal(scale=1.1, size=(6, 3)),
            ],
            axis=1,
        )
        return cls(
            half_width_mm=rng.uniform(122, 132),
            half_depth_mm=rng.uniform(84, 93),
            wall_mm=rng.uniform(26, 40),
            heart_mm=rng.uniform(44, 51),
            right_dome_mm=rng.uniform(-58, -46),
            vertebra_mm=rng.uniform(22, 25),
            waves=waves,
        )

    def uneven(self, place: Place) -> Place:
        """Positions shifted by a few mm, so that no solid is a perfect one."""
        x, y, z = place.x.copy(), place.y.copy(), place.z.copy()
        for vector, phase, size in self.waves.astype(np.float32):
            angle = place.x * vector[0] + place.y * vector[1] + place.z * vector[2] + phase[0]
            swing = np.sin(angle)
            x += size[0] * swing
            y += size[1] * swing
            z += size[2] * swing
        return Place(x=x, y=y, z=z)

    def cavity(self, place: Place) -> Floats:
        """The inside of the rib cage, closed above, open below."""
        up = np.clip((place.z + 35) / np.float32(APEX_Z_MM + 35 + 22), 0, 0.999)
        narrow = np.sqrt(1 - up * up * up)
        flare = 1 + np.float32(0.04) * np.clip(-place.z / 100, 0, 1)
        half_x = np.float32(self.half_width_mm) * narrow * flare
        half_y = np.float32(self.half_depth_mm) * np.maximum(narrow, 0.3) * flare
        centre_y = np.float32(self.half_depth_mm) * (1 - np.maximum(narrow, 0.3)) * np.float32(0.45)
        across = np.abs(place.x / np.maximum(half_x, 5))
        deep = np.abs((place.y - centre_y) / half_y)
        size = (across**POWER + deep**POWER) ** np.float32(1 / POWER)
        return np.asarray((size - 1) * np.minimum(half_x, half_y), dtype=np.float32)

    def mediastinum(self, place: Place) -> Floats:
        """Everything between the lungs, spine and hila included."""
        front = np.clip((-place.y - 25) / 40, 0, 1)
        column = slab(place.x, 3 * front, 30 - 25 * front)
        gutter = slab(place.x, 0, 21 + np.maximum(place.y - 62, 0) * np.float32(0.55))
        parts = [
            both(column, slab(place.y, -30, 92), blend_mm=10),
            both(gutter, 40 - place.y, blend_mm=8),
            self.heart(place) - 3,
            pillar(place, (21, 44), (15, 15)),
            ellipsoid(place, (19, 20, 44), (22, 30, 16)),
            ellipsoid(place, (-36, 4, 2), (22, 17, 25)),
            ellipsoid(place, (40, 8, 8), (20, 16, 23)),
        ]
        return either(*parts, blend_mm=12)

    def heart(self, place: Place) -> Floats:
        """Ventricles to the left and front, atria behind them, roots of the vessels."""
        r = self.heart_mm
        return either(
            ellipsoid(place, (24, -28, -50), (r * 1.12, r * 0.86, r * 0.9)),
            ellipsoid(place, (-14, -12, -32), (r * 0.85, r * 0.78, r * 0.9)),
            blend_mm=25,
        )

    def dome(self, place: Place) -> Floats:
        """Everything below the diaphragm: two domes that fall to the edge of the chest."""
        tops = (self.right_dome_mm, self.right_dome_mm - 14)
        heights: list[Floats] = []
        for side, top in zip((-1, 1), tops, strict=True):
            across = (place.x - side * np.float32(62)) / 62
            along = (place.y + 14) / 74
            far = across * across + along * along
            fall = np.float32(46) * far ** np.float32(1.15)
            heights.append(top - fall - 0.12 * np.maximum(place.y, 0))
        middle = (place.x / 70) ** 2 + ((place.y + 30) / 62) ** 2
        heights.append(self.right_dome_mm - 20 - np.float32(40) * middle ** np.float32(1.3))
        height = either(*(-each for each in heights), blend_mm=25)
        return np.asarray((place.z + height) * np.float32(0.6), dtype=np.float32)

    def lungs(self, place: Place) -> Floats:
        """Both lungs, with all that is in them."""
        upper = Place(x=place.x, y=place.y, z=np.maximum(place.z, -30))
        return both(
            self.cavity(place),
            either(
                ellipsoid(upper, (-60, 8, -30), (92, 112, APEX_Z_MM + 30)),
                ellipsoid(upper, (60, 8, -30), (92, 112, APEX_Z_MM + 28)),
            ),
            -self.mediastinum(place),
            -self.dome(place),
            blend_mm=7,
        )

    def depth(self, points_mm: Points) -> Floats:
        """Distance (n), roughly, from points (n, 3) in the lungs to their surface, mm."""
        return -self.lungs(self.uneven(Place.of(points_mm)))

    def points(self, *, count: int, depth_mm: float, rng: np.random.Generator) -> Points:
        """Points (count, 3) drawn evenly from the lungs, some mm inside their surface."""
        kept = np.empty((0, 3))
        while len(kept) < count:
            tries = rng.uniform((-140, -100, -150), (140, 105, 125), size=(6 * count + 60, 3))
            kept = np.concatenate([kept, tries[self.depth(tries) > depth_mm]])
        return kept[:count]

    def lobe(self, place: Place) -> NDArray[np.int8]:
        """Which lobe a position in the lungs is in.

        1 right upper, 2 right middle, 3 right lower, 4 left upper, 5 left lower.
        """
        left = place.x > 0
        behind = self.oblique_fissure(place) < 0
        above = self.minor_fissure(place) > 0
        right_lobe = np.where(behind, 3, np.where(above, 1, 2))
        return np.where(left, np.where(behind, 5, 4), right_lobe).astype(np.int8)

    def oblique_fissure(self, place: Place) -> Floats:
        """Height above the oblique fissure, which falls from back to front."""
        lean = np.where(place.x > 0, np.float32(0.92), np.float32(0.86))
        bow = np.float32(0.0022) * (np.abs(place.x) - 70) ** 2
        roll = 6 * np.sin((place.x + place.y) / 31)
        level = -6 + lean * (place.y - 5) + bow + roll - np.float32(0.0016) * place.y**2
        return np.asarray((place.z - level) * np.float32(0.74), dtype=np.float32)

    def minor_fissure(self, place: Place) -> Floats:
        """Height above the minor fissure of the right lung, which is nearly level."""
        bow = np.float32(0.004) * ((place.x + 70) ** 2 + (place.y + 20) ** 2)
        level = 18 + np.float32(0.2) * (place.y + 30) + np.float32(0.15) * place.x - bow
        return np.asarray(place.z - level, dtype=np.float32)
