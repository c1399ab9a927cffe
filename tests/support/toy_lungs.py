"""A small lung with texture, and the same one breathed and shifted by a known map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

FIRST = Geometry.regular(shape=(26, 24, 24), spacing_mm=(3.0, 3.0, 3.0))
SECOND = Geometry.regular(shape=(24, 28, 28), spacing_mm=(3.5, 2.75, 2.75), origin_mm=(2, -1, 5))
MIDDLE = np.array([36.0, 36.0, 38.0])
RADII = np.array([24.0, 24.0, 30.0])
SHIFT = np.array([4.0, -3.0, 6.0])


@dataclass(frozen=True, kw_only=True, eq=False)
class ToyLung:
    """One scan of the toy lung."""

    volume: Volume
    roi: Mask


def to_first(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points (n, 3) of the second scan lie in the first; mm, LPS."""
    back = points - SHIFT
    height = (back[..., 2] - MIDDLE[2]) / RADII[2]
    bent = back.copy()
    bent[..., 2] += 3.0 * (1 - height)
    bent[..., 0] += 1.5 * np.sin(2 * np.pi * back[..., 1] / 60)
    return np.asarray(bent)


def first_lung(seed: int = 1) -> ToyLung:
    """The lung as it is; another seed is another person."""
    return _scan(FIRST, FIRST.to_mm(voxel_indices(FIRST.shape)), seed, noise=1)


def second_lung(seed: int = 1) -> ToyLung:
    """The same lung, shifted and breathed; noise of its own."""
    return _scan(SECOND, to_first(SECOND.to_mm(voxel_indices(SECOND.shape))), seed, noise=2)


def _scan(grid: Geometry, points: NDArray[np.float64], seed: int, noise: int) -> ToyLung:
    inside = (((points - MIDDLE) / RADII) ** 2).sum(axis=-1) < 1
    texture = _texture(seed)
    place = (points / 1.5).T
    tissue = ndimage.map_coordinates(texture, place, order=1, mode="nearest")
    hu = np.where(inside, tissue, 40.0) + np.random.default_rng(noise).normal(0, 20, len(points))
    voxels = np.rint(hu).astype(np.int16).reshape(grid.shape)
    return ToyLung(
        volume=Volume(voxels=voxels, geometry=grid),
        roi=Mask(voxels=inside.reshape(grid.shape), geometry=grid),
    )


def _texture(seed: int) -> NDArray[np.float64]:
    """Vessel-like: bright where smooth noise passes a threshold; axes x, y, z."""
    rough = np.random.default_rng(seed).standard_normal((50, 50, 54))
    smooth = ndimage.gaussian_filter(rough, 2.0)
    bright = np.clip((smooth / smooth.std() - 0.8) / 0.6, 0, 1)
    return np.asarray(-860 + 700 * bright)
