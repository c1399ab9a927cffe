"""Scans as the alignment sees them: one resolution, the organ alone, one density range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.grid import voxel_indices
from eupnea.compare.resample import resample
from eupnea.compare.shrink import block_steps, shrink_organ
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

SPACING_MM = 2.0
BLUR = 0.4
"""Standard deviation of the smoothing before sampling, in steps of the working resolution."""
MARGIN_MM = 16.0
"""Around the organ: room for the window at its surface, and for the deformation."""
LOW_HU, HIGH_HU = -1000.0, -100.0
"""Beyond these, differences say nothing about place: air, and dense tissue."""
OUTSIDE_HU = -300.0
"""Everything around the organ. One value, so that the chest wall it slides along cannot pull."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingImage:
    """A scan cut down to its organ, ready to be read at any position."""

    hu: NDArray[np.float32]
    inside: NDArray[np.float32]
    """Share of the organ at each voxel, 0 to 1."""
    geometry: Geometry

    @classmethod
    def of(cls, volume: Volume, roi: Mask, spacing_mm: float = SPACING_MM) -> WorkingImage:
        """Cut, clip, and smooth a scan so that steps of the working resolution miss nothing."""
        box = roi.box(margin_mm=MARGIN_MM)
        volume, roi = volume.crop(box), roi.crop(box)
        steps = block_steps(volume.geometry.spacing_mm, spacing_mm)
        blocks = [n * step for n, step in zip(steps, volume.geometry.spacing_mm, strict=True)]
        grid = volume.geometry.with_spacing((blocks[0], blocks[1], blocks[2]))
        hu, inside = np.empty(grid.shape, np.float32), np.empty(grid.shape, np.float32)
        limits = (LOW_HU, HIGH_HU)
        shrink_organ(volume.voxels, roi.voxels, steps, limits, OUTSIDE_HU, hu, inside)
        sigma = _sigma(steps, volume.geometry.spacing_mm, spacing_mm)
        return cls(
            hu=ndimage.gaussian_filter(hu, sigma, truncate=2.5),
            inside=ndimage.gaussian_filter(inside, sigma, truncate=2.5),
            geometry=grid,
        )

    @staticmethod
    def grid_around(roi: Mask, spacing_mm: float = SPACING_MM) -> Geometry:
        """The working grid of an organ: its box and a margin, at the working resolution."""
        box = roi.box(margin_mm=MARGIN_MM)
        return roi.geometry.crop(box).with_spacing((spacing_mm,) * 3)

    def read(
        self, grid: Geometry, matrix: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Density and organ on a grid whose points `matrix` carries to this scan's mm."""
        to_source = (np.linalg.inv(self.geometry.affine) @ matrix @ grid.affine)[:3]
        hu, inside = np.empty(grid.shape, np.float32), np.empty(grid.shape, np.float32)
        resample(self.hu, to_source, OUTSIDE_HU, hu)
        resample(self.inside, to_source, 0.0, inside)
        return hu, inside > 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingPair:
    """Two scans on one grid, the moving one carried over by a matrix."""

    grid: Geometry
    """In the fixed scan's space."""
    fixed: NDArray[np.float32]
    fixed_roi: NDArray[np.bool_]
    moving: NDArray[np.float32]
    moving_roi: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        fixed: WorkingImage,
        moving: WorkingImage,
        matrix: NDArray[np.float64],
        *,
        spacing_mm: float = SPACING_MM,
    ) -> WorkingPair:
        """Read both scans on the fixed scan's grid; `matrix` goes from fixed to moving mm."""
        grid = fixed.geometry.with_spacing((spacing_mm,) * 3)
        fixed_hu, fixed_roi = fixed.read(grid, np.eye(4))
        moving_hu, moving_roi = moving.read(grid, matrix)
        return cls(
            grid=grid,
            fixed=fixed_hu,
            fixed_roi=fixed_roi,
            moving=moving_hu,
            moving_roi=moving_roi,
        )

    def within(self, fixed: Geometry, moving: Geometry, matrix: NDArray[np.float64]) -> WorkingPair:
        """The same pair with both organs cut to what lies inside both images."""
        points = self.grid.to_mm(voxel_indices(self.grid.shape))
        there = points @ matrix[:3, :3].T + matrix[:3, 3]
        shown = (_inside(fixed, points) & _inside(moving, there)).reshape(self.grid.shape)
        return replace(self, fixed_roi=self.fixed_roi & shown, moving_roi=self.moving_roi & shown)


def _sigma(steps: Sequence[int], spacing_mm: Sequence[float], wanted_mm: float) -> list[float]:
    """What is still to be smoothed after blocks were averaged, in blocks along each axis.

    The mean over n voxels smooths as much as a Gaussian of variance (n^2 - 1) / 12.
    """
    wanted = (BLUR * wanted_mm) ** 2
    done = [(n**2 - 1) / 12 * step**2 for n, step in zip(steps, spacing_mm, strict=True)]
    return [
        math.sqrt(max(wanted - part, 0.0)) / (n * step)
        for part, n, step in zip(done, steps, spacing_mm, strict=True)
    ]


def _inside(image: Geometry, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    index = image.to_index(points_mm)
    return np.asarray(((index > -0.5) & (index < np.array(image.shape) - 0.5)).all(axis=1))
