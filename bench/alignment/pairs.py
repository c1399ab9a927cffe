"""Pairs of scans whose correspondence is known: one real lung, moved by a known field.

Semi-synthetic. The first scan is real, smoothed to take away most of its own
noise. The second one is made from it: lung tissue follows a smooth field of up
to 18 mm, the chest wall does not (so the lung slides along it), patient and
table are shifted and turned between the scans, density follows breath (mass is
kept), each scan has noise of its own, one lesion came and one went.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bench.alignment.imaging import breathe, expose, sample, smooth
from bench.alignment.motion import Motion
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

TISSUE_HU = 40.0


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownPair:
    """Two scans, and where points of the second lie in the first."""

    name: str
    first: Volume
    first_roi: Mask
    second: Volume
    second_roi: Mask
    points_second_mm: NDArray[np.float64]
    """Drawn uniformly in the lungs of the second scan, LPS."""
    points_first_mm: NDArray[np.float64]
    """Where they lie in the first."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What happens between the two scans."""

    largest_mm: float = 18.0
    """Largest displacement within the lungs, shift and turn apart."""
    noise_hu: float = 30.0
    wall: bool = True
    """Whether there is a chest wall, along which the lungs slide; else even tissue."""
    lesions: bool = True
    breath_density: bool = True
    points: int = 4000


def make_pair(name: str, volume: Volume, roi: Mask, recipe: Recipe, seed: int) -> KnownPair:
    """A known pair from a real scan and its lung mask."""
    rng = np.random.default_rng(seed)
    box = roi.box(margin_mm=25.0)
    volume, roi = volume.crop(box), roi.crop(box)
    clean = smooth(volume)
    motion = Motion.draw(roi, rng, largest_mm=recipe.largest_mm)
    spot_before, spot_after = _spots(roi, rng, 2)
    first = _with_lesion(clean, roi, spot_before, rng) if recipe.lesions else clean
    origin = _with_lesion(clean, roi, spot_after, rng) if recipe.lesions else clean
    grid = motion.second_grid(volume.geometry, rng)
    second, second_roi = move(origin, roi, motion, grid, recipe)
    picks = rng.choice(np.flatnonzero(second_roi), recipe.points, replace=False)
    points = grid.to_mm(np.stack(np.unravel_index(picks, grid.shape), axis=-1))
    return KnownPair(
        name=name,
        first=expose(first, volume.geometry, recipe.noise_hu, rng),
        first_roi=roi,
        second=expose(second, grid, recipe.noise_hu, rng),
        second_roi=Mask(voxels=second_roi, geometry=grid),
        points_second_mm=points,
        points_first_mm=motion.to_first(points),
    )


def move(
    hu: NDArray[np.float32], roi: Mask, motion: Motion, grid: Geometry, recipe: Recipe
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The body of the second scan and its lungs, without noise."""
    points = grid.to_mm(voxel_indices(grid.shape))
    still, moved = motion.still(points), motion.to_first(points)
    lungs = roi.voxels.astype(np.float32)
    lung = sample(lungs, roi.geometry, moved) >= 0.5
    result = np.full(len(points), TISSUE_HU)
    if recipe.wall:
        was_lung = sample(lungs, roi.geometry, still) > 0.05
        result = np.where(was_lung, TISSUE_HU, sample(hu, roi.geometry, still))
    tissue = sample(hu, roi.geometry, moved[lung])
    if recipe.breath_density:
        tissue = breathe(tissue, motion.shrinkage(still[lung]))
    result[lung] = tissue
    return result.astype(np.float32).reshape(grid.shape), lung.reshape(grid.shape)


def _spots(roi: Mask, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    deep = ndimage.binary_erosion(roi.voxels, iterations=8)
    picks = rng.choice(np.flatnonzero(deep), count, replace=False)
    return roi.geometry.to_mm(np.stack(np.unravel_index(picks, roi.voxels.shape), axis=-1))


def _with_lesion(
    hu: NDArray[np.float32], roi: Mask, spot_mm: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float32]:
    """A ball of ground glass or consolidation with a ragged border."""
    radius = rng.uniform(12.0, 20.0)
    density = rng.choice([-550.0, -50.0])
    distance = np.linalg.norm(
        roi.geometry.to_mm(voxel_indices(roi.voxels.shape)) - spot_mm, axis=-1
    ).reshape(roi.voxels.shape)
    ragged = ndimage.gaussian_filter(rng.standard_normal(roi.voxels.shape).astype(np.float32), 3)
    edge = radius * (1 + 0.25 * ragged / ragged.std())
    weight = np.clip((edge - distance) / 3 + 0.5, 0, 1) * roi.voxels
    return np.asarray(np.maximum(hu, hu + weight * (density - hu)), dtype=np.float32)
