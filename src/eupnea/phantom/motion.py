"""How a patient lies and breathes in one scan, as an exact, invertible map."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.phantom.plan import ScanPlan

Points = NDArray[np.float64]

APEX_Z_MM = 122.0
"""Height of the lungs' apices in the reference space; breath does not move them."""
LUNG_LENGTH_MM = 235.0
BACK_Y_MM = 130.0
"""The back lies on the table; breath does not move it."""
ACROSS, FORWARD, DOWNWARD = 0.1, 0.2, 0.7
"""How a change of lung volume is shared out: exponents along x, y and z."""
WAVES = 6
NEWTON_STEPS = 20
"""At most; four or five reach `PRECISION_MM`."""
PRECISION_MM = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion:
    """Maps the space of one scan to the patient's reference space, and back.

    First the shift on the table, then the breath (the diaphragm moves most,
    the apex and the back not at all), then a sum of long sine waves.
    """

    shift_mm: Points
    breath: float
    wave_vectors: Points
    """(waves, 3), in radians per mm."""
    wave_phases: Points
    wave_mm: Points
    """(waves, 3), the displacement that each wave adds at its crest."""

    @classmethod
    def draw(cls, plan: ScanPlan, rng: np.random.Generator) -> Motion:
        """The motion of a planned scan; `rng` decides the waves' directions."""
        directions = rng.normal(size=(WAVES, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = rng.uniform(240.0, 400.0, size=(WAVES, 1))
        motion = cls(
            shift_mm=np.array(plan.shift_mm, dtype=np.float64),
            breath=plan.breath,
            wave_vectors=2 * np.pi * directions / lengths,
            wave_phases=rng.uniform(0, 2 * np.pi, size=WAVES),
            wave_mm=rng.normal(size=(WAVES, 3)),
        )
        largest = np.linalg.norm(motion._waves(_chest_points()), axis=1).max()
        return replace(motion, wave_mm=motion.wave_mm * (plan.deformation_mm / largest))

    def to_reference(self, points_mm: ArrayLike) -> Points:
        """Where points (..., 3) of the scan, LPS mm, lie in the reference space."""
        points = np.asarray(points_mm, dtype=np.float64) - self.shift_mm
        breathed = self._breathe(points)
        return breathed + self._waves(breathed)

    def from_reference(self, points_mm: ArrayLike) -> Points:
        """Where points (..., 3) of the reference space lie in the scan; Newton's method."""
        target = np.asarray(points_mm, dtype=np.float64)
        breathed = target.copy()
        for _ in range(NEWTON_STEPS):
            miss = target - breathed - self._waves(breathed)
            if np.abs(miss).max(initial=0) < PRECISION_MM:
                break
            slope = np.eye(3) + self._waves_slope(breathed)
            breathed = breathed + np.linalg.solve(slope, miss[..., None])[..., 0]
        return self._exhale(breathed) + self.shift_mm

    def expansion(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Reference volume per scan volume (...) at points (..., 3) of the scan.

        Below 1 where the tissue is stretched: its density falls by this factor.
        """
        points = np.asarray(points_mm, dtype=np.float64) - self.shift_mm
        breathed = self._breathe(points)
        slope = np.eye(3) + self._waves_slope(breathed)
        return _determinant(slope) * self._breath_slope(points)

    def _breathe(self, points: Points) -> Points:
        x, y, z = np.moveaxis(points, -1, 0)
        longer, length = self._lengths()
        deep = (APEX_Z_MM - z) / length
        bend = np.where(deep < 1, np.maximum(deep, 0) ** 2, 2 * deep - 1)
        return np.stack(
            [
                x / self.breath**ACROSS,
                BACK_Y_MM + (y - BACK_Y_MM) / self.breath**FORWARD,
                z + longer * bend,
            ],
            axis=-1,
        )

    def _exhale(self, points: Points) -> Points:
        """Undoes `_breathe`: along z it solves a quadratic, or a line below the lungs."""
        x, y, z = np.moveaxis(points, -1, 0)
        longer, length = self._lengths()
        below = (APEX_Z_MM - z) / length
        share = -longer / length
        root = 2 * below / (1 + np.sqrt(np.maximum(1 + 4 * share * below, 0)))
        line = (below + share) / (1 + 2 * share)
        deep = np.where(below < 0, below, np.where(root < 1, root, line))
        return np.stack(
            [
                x * self.breath**ACROSS,
                BACK_Y_MM + (y - BACK_Y_MM) * self.breath**FORWARD,
                APEX_Z_MM - deep * length,
            ],
            axis=-1,
        )

    def _breath_slope(self, points: Points) -> NDArray[np.float64]:
        longer, length = self._lengths()
        deep = np.clip((APEX_Z_MM - points[..., 2]) / length, 0, 1)
        along = 1 - 2 * longer / length * deep
        return np.asarray(along / self.breath ** (ACROSS + FORWARD))

    def _lengths(self) -> tuple[float, float]:
        """How much longer the lungs are than in the reference space, and how long."""
        length = LUNG_LENGTH_MM * self.breath**DOWNWARD
        return length - LUNG_LENGTH_MM, length

    def _waves(self, points: Points) -> Points:
        return np.asarray(np.sin(self._angles(points)) @ self.wave_mm)

    def _waves_slope(self, points: Points) -> NDArray[np.float64]:
        swing = np.cos(self._angles(points))
        each = self.wave_mm[:, :, None] * self.wave_vectors[:, None, :]
        return np.asarray(swing @ each.reshape(WAVES, 9)).reshape(*swing.shape[:-1], 3, 3)

    def _angles(self, points: Points) -> NDArray[np.float64]:
        return np.asarray(points @ self.wave_vectors.T + self.wave_phases)


def _determinant(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Determinants of many 3 x 3 matrices, without numpy's call for each."""
    one, two, three = np.moveaxis(matrices, -2, 0)
    return np.asarray(np.sum(one * np.cross(two, three), axis=-1))


def _chest_points() -> Points:
    """A coarse grid of points over the chest."""
    axes = (np.linspace(-130, 130, 14), np.linspace(-90, 90, 10), np.linspace(-120, 120, 13))
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
