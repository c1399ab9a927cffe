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
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.displacement import Displacement
from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

AIR, TISSUE = -1000.0, 40.0
FIELD_SPACING_MM = 4.0


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
    shift_mm: tuple[float, float, float] = (8.0, -12.0, 20.0)
    turn_degrees: float = 3.0
    noise_hu: float = 30.0
    sliding: bool = True
    lesions: bool = True
    breath_density: bool = True
    points: int = 4000


def make_pair(name: str, volume: Volume, roi: Mask, recipe: Recipe, seed: int) -> KnownPair:
    """A known pair from a real scan and its lung mask."""
    rng = np.random.default_rng(seed)
    box = roi.box(margin_mm=25.0)
    volume, roi = volume.crop(box), roi.crop(box)
    clean = _smooth(volume)
    inside = _lung_field(roi, recipe, rng)
    spot_before, spot_after = _spots(roi, rng, 2)
    first = _with_lesion(clean, roi, spot_before, rng) if recipe.lesions else clean
    origin = _with_lesion(clean, roi, spot_after, rng) if recipe.lesions else clean
    rigid = _rigid(recipe, roi)
    grid = _second_grid(volume.geometry, rigid, rng)
    second, second_roi = _deform(origin, roi, inside, rigid, grid, recipe)
    picks = rng.choice(np.flatnonzero(second_roi), recipe.points, replace=False)
    points = grid.to_mm(np.stack(np.unravel_index(picks, grid.shape), axis=-1))
    return KnownPair(
        name=name,
        first=_scan(first, volume.geometry, recipe, rng),
        first_roi=roi,
        second=_scan(second, grid, recipe, rng),
        second_roi=Mask(voxels=second_roi, geometry=grid),
        points_second_mm=points,
        points_first_mm=inside.apply(_transform(rigid, points)),
    )


def _smooth(volume: Volume) -> NDArray[np.float32]:
    """Most of the real scan's own noise must go, or both scans would share it."""
    sigma = [0.8 / spacing for spacing in volume.geometry.spacing_mm]
    return ndimage.gaussian_filter(volume.voxels.astype(np.float32), sigma)


def _lung_field(roi: Mask, recipe: Recipe, rng: np.random.Generator) -> Displacement:
    """Breathing (most at the base, none at the apex) and smooth local movement."""
    grid = roi.geometry.with_spacing((FIELD_SPACING_MM,) * 3)
    coarse = roi.voxels[
        tuple(
            np.clip(
                np.round(roi.geometry.to_index(grid.to_mm(voxel_indices(grid.shape)))).astype(int),
                0,
                np.array(roi.voxels.shape) - 1,
            ).T
        )
    ].reshape(grid.shape)
    height = np.linspace(1, 0, grid.shape[0])[:, None, None] ** 1.5
    vectors = np.zeros((*grid.shape, 3))
    vectors[..., 2] += height * rng.choice([-1.0, 1.0]) * rng.uniform(0.6, 1.0)
    vectors[..., 1] += height * rng.uniform(-0.3, 0.3)
    for sigma_mm, amplitude in ((45.0, 0.45), (22.0, 0.22)):
        noise = rng.standard_normal((3, *grid.shape))
        for axis in range(3):
            smooth = ndimage.gaussian_filter(noise[axis], sigma_mm / FIELD_SPACING_MM)
            vectors[..., axis] += amplitude * smooth / np.abs(smooth[coarse]).max()
    largest = np.linalg.norm(vectors[coarse], axis=-1).max()
    scaled = vectors * (recipe.largest_mm / largest)
    return Displacement(vectors=scaled.astype(np.float32), geometry=grid)


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


def _rigid(recipe: Recipe, roi: Mask) -> NDArray[np.float64]:
    """From mm of the second scan to mm of the first, before the lung's own movement."""
    angle = np.deg2rad(recipe.turn_degrees)
    turn = np.array(
        [
            [np.cos(angle), -np.sin(angle), 0],
            [np.sin(angle), np.cos(angle), 0],
            [0, 0, 1.0],
        ]
    )
    centre = roi.geometry.to_mm(np.array(roi.voxels.shape) / 2)
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = centre - turn @ centre + np.array(recipe.shift_mm)
    return matrix


def _second_grid(first: Geometry, rigid: NDArray[np.float64], rng: np.random.Generator) -> Geometry:
    """A grid of other spacing around the same body."""
    spacing = tuple(np.array(first.spacing_mm) * rng.uniform(0.9, 1.1, 3))
    grid = first.with_spacing((spacing[0], spacing[1], spacing[2]))
    centre = first.to_mm(np.array(first.shape) / 2)
    moved = np.linalg.inv(rigid) @ np.append(centre, 1)
    affine = grid.affine.copy()
    affine[:3, 3] += moved[:3] - centre
    return Geometry(shape=grid.shape, affine=affine)


def _deform(
    hu: NDArray[np.float32],
    roi: Mask,
    inside: Displacement,
    rigid: NDArray[np.float64],
    grid: Geometry,
    recipe: Recipe,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    still = _transform(rigid, grid.to_mm(voxel_indices(grid.shape)))
    moved = inside.apply(still)
    lung = _sample(roi.voxels.astype(np.float32), roi.geometry, moved) >= 0.5
    tissue = _sample(hu, roi.geometry, moved)
    if recipe.breath_density:
        tissue = _breathe(tissue, _density_factor(inside, still))
    wall = tissue
    if recipe.sliding:
        wall = _sample(hu, roi.geometry, still)
        was_lung = _sample(roi.voxels.astype(np.float32), roi.geometry, still) > 0.05
        wall = np.where(was_lung, TISSUE, wall)
    result = np.where(lung, tissue, wall).reshape(grid.shape)
    return result.astype(np.float32), lung.reshape(grid.shape)


def _density_factor(inside: Displacement, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Volume in the first scan over volume in the second: density follows it."""
    index = inside.geometry.to_index(points_mm).T
    ratio = ndimage.map_coordinates(inside.jacobian(), index, order=1, mode="nearest")
    return np.asarray(ratio, dtype=np.float64)


def _breathe(hu: NDArray[np.float64], factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Aerated lung changes density with volume; dense tissue cannot."""
    aerated = np.clip((-200 - hu) / 400, 0, 1)
    return np.asarray((hu - AIR) * (1 + aerated * (factor - 1)) + AIR)


def _sample(
    array: NDArray[np.float32], grid: Geometry, points_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    index = grid.to_index(points_mm).T
    sampled = np.empty(index.shape[1])
    ndimage.map_coordinates(array, index, output=sampled, order=1, mode="nearest")
    return sampled


def _scan(
    hu: NDArray[np.float32], grid: Geometry, recipe: Recipe, rng: np.random.Generator
) -> Volume:
    """Round to HU, with noise that neighbouring pixels share as in CT."""
    noise = rng.standard_normal(hu.shape).astype(np.float32)
    noise = ndimage.gaussian_filter(noise, [0.3, 0.6, 0.6])
    noisy = hu + recipe.noise_hu * noise / noise.std()
    return Volume(voxels=np.clip(np.round(noisy), -1024, 3000).astype(np.int16), geometry=grid)


def _transform(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])
