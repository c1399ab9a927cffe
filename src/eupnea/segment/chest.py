"""The chest as a whole, coarsely: what shows where lungs lie, whatever fills them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.averages import Weights, averages
from eupnea.segment.coarse import Coarse
from eupnea.segment.morphology import Spacing

CHEST_SPACING_MM = 8.0
"""Distance of the network's voxels along each axis."""

CHEST_SIDE_MULTIPLE = 16
"""The network halves each side four times."""

WINDOWS_HU = ((-1024.0, 200.0), (-160.0, 240.0))
"""Air to bone, and soft tissue by itself: fluid, liver and spleen lie 60 HU apart."""

AIR_HU = -1024
"""Beyond a scan's edges."""

Chest = NDArray[np.float32]
"""(slices, rows, columns), `CHEST_SPACING_MM` apart."""


def chest_signal(hu: Chest) -> NDArray[np.float32]:
    """Hounsfield units as the network takes them: (windows, slices, rows, columns), -1 to 1.

    Examples:
        >>> [round(float(v), 2) for v in chest_signal(np.full((1, 1, 1), 40.0, np.float32)).ravel()]
        [0.74, 0.0]
    """
    low, high = np.array(WINDOWS_HU, np.float32).T[:, :, None, None, None]
    middle, half = (low + high) / 2, (high - low) / 2
    return np.asarray((np.clip(hu, low, high) - middle) / half, dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChestGrid:
    """The voxels on which a chest is judged, and the way back to the grid that they came from."""

    there: tuple[Weights, Weights, Weights]
    back: tuple[Weights, Weights, Weights]

    @classmethod
    def of(cls, shape: tuple[int, int, int], spacing_mm: Spacing) -> ChestGrid:
        """The grid for a volume of a shape and spacing."""
        pairs = [_pair(size, step) for size, step in zip(shape, spacing_mm, strict=True)]
        there, back = zip(*pairs, strict=True)
        return cls(there=there, back=back)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along each axis, padding aside."""
        k, j, i = (weights.shape[0] for weights in self.there)
        return k, j, i

    def shrink(self, voxels: NDArray[np.generic]) -> Chest:
        """A volume on the chest's grid."""
        return _along_each_axis(self.there, voxels)

    def restore(self, voxels: Chest) -> Chest:
        """A chest, padding included, on the grid of the volume."""
        k, j, i = self.shape
        return _along_each_axis(self.back, voxels[:k, :j, :i])


def chest_of(coarse: Coarse) -> tuple[ChestGrid, NDArray[np.float32]]:
    """The grid of a scan's chest, and the network's input: (1, windows, sides), sides padded."""
    grid = ChestGrid.of(coarse.geometry.shape, coarse.spacing_mm)
    hu = grid.shrink(coarse.hu)
    spare = [(0, -side % CHEST_SIDE_MULTIPLE) for side in hu.shape]
    return grid, chest_signal(np.pad(hu, spare, constant_values=AIR_HU))[None]


def _pair(size: int, step_mm: float) -> tuple[Weights, Weights]:
    """There and back along one axis; both grids share their middle."""
    count = max(1, round(size * step_mm / CHEST_SPACING_MM))
    sources, targets = _places(size, step_mm), _places(count, CHEST_SPACING_MM)
    there = averages(targets, sources, reach_mm=max(step_mm, CHEST_SPACING_MM))
    return there, averages(sources, targets, reach_mm=CHEST_SPACING_MM)


def _places(count: int, step_mm: float) -> NDArray[np.float64]:
    return np.asarray((np.arange(count) - (count - 1) / 2) * step_mm, np.float64)


def _along_each_axis(
    weights: tuple[Weights, Weights, Weights], voxels: NDArray[np.generic]
) -> Chest:
    out = np.asarray(voxels, np.float32)
    for axis, matrix in enumerate(weights):
        turned = np.moveaxis(out, axis, 0)
        flat = matrix @ turned.reshape(len(turned), -1)
        out = np.moveaxis(flat.reshape(-1, *turned.shape[1:]), 0, axis)
    return np.ascontiguousarray(out, dtype=np.float32)
