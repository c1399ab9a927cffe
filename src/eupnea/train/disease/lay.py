"""Lays lesions of given families into a healthy lung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import edt
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.box import Box
from eupnea.train.disease.families import Family, Place
from eupnea.train.disease.site import Field, Site

MARGIN = 1.5
"""Half width of a site's box, in radii: bays and spicules reach beyond the ball."""


RIM_HU = -200
"""Denser disease has no rim."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Diseased:
    """A lung with disease laid in, and the truth."""

    hu: NDArray[np.int16]
    abnormal: NDArray[np.bool_]
    """Inside the lung; on the same grid."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What `lay_disease` must know of one healthy lung; computed once per scan."""

    lung: NDArray[np.bool_]
    spacing_mm: tuple[float, float, float]
    places: dict[Place, NDArray[np.intp]]
    """Flat indices of voxels where a centre may lie."""
    grain: Field
    """A block of the scan's noise, in HU."""

    @classmethod
    def of(
        cls,
        hu: NDArray[np.int16],
        lung: NDArray[np.bool_],
        spacing_mm: tuple[float, float, float],
        rng: Generator,
    ) -> Ground:
        """Surveys a scan: candidate centres and the noise of its soft tissue."""
        return cls(
            lung=lung,
            spacing_mm=spacing_mm,
            places=_places(lung, spacing_mm, rng),
            grain=_grain(hu, lung),
        )


def lay_disease(
    hu: NDArray[np.int16], ground: Ground, families: Sequence[Family], rng: Generator
) -> Diseased:
    """Lays one lesion of each given family, in order, at random places.

    Args:
        hu: The healthy scan (slices, rows, columns), HU.
        ground: The survey of the same scan.
        families: One lesion each; repeat a family for more.
        rng: Decides places, sizes and textures.

    Returns:
        A new scan, and the voxels of the lung that are no longer normal.
    """
    sick = hu.copy()
    abnormal = np.zeros(hu.shape, dtype=bool)
    for family in families:
        _lay_one(sick, abnormal, ground, family, rng)
    return Diseased(hu=sick, abnormal=abnormal)


def without_rim(sick: Diseased, lung: NDArray[np.bool_], rng: Generator) -> NDArray[np.int16]:
    """The scan without the thin rim of half air that is left between dense disease and chest wall.

    Voxels at the lung's border hold air by half, and do not belong to it; a
    lung that fills up fills those as well.
    """
    solid = ndimage.binary_dilation(sick.abnormal & (sick.hu > RIM_HU), np.ones((3, 3, 3), bool))
    rim = solid & ~lung & (sick.hu < RIM_HU)
    return np.where(rim, np.int16(rng.integers(0, 60)), sick.hu)


def _lay_one(
    sick: NDArray[np.int16],
    abnormal: NDArray[np.bool_],
    ground: Ground,
    family: Family,
    rng: Generator,
) -> None:
    low, high = family.radius_mm
    radius = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    place = family.places[int(rng.integers(len(family.places)))]
    voxel = np.unravel_index(rng.choice(ground.places[place]), sick.shape)
    box = _box(voxel, MARGIN * radius + 4.0, ground.spacing_mm, sick.shape)
    k, j, i = (int(v) - part.start for v, part in zip(voxel, box, strict=True))
    site = Site(
        hu=sick[box].astype(np.float32),
        lung=ground.lung[box],
        grain=_tile(ground.grain, sick[box].shape, rng),
        spacing_mm=ground.spacing_mm,
        centre=(k, j, i),
        radius_mm=radius,
    )
    lesion = family.paint(site, rng)
    inside = site.lung
    sick[box] = np.where(inside, np.clip(np.rint(lesion.hu), -1024, 1500), sick[box])
    abnormal[box] |= lesion.abnormal & inside


def _box(
    voxel: tuple[np.intp, ...],
    reach_mm: float,
    spacing_mm: tuple[float, float, float],
    shape: tuple[int, ...],
) -> Box:
    spans = []
    for v, step, n in zip(voxel, spacing_mm, shape, strict=True):
        reach = int(np.ceil(reach_mm / step))
        spans.append(slice(max(int(v) - reach, 0), min(int(v) + reach + 1, n)))
    k, j, i = spans
    return k, j, i


def _places(
    lung: NDArray[np.bool_], spacing_mm: tuple[float, float, float], rng: Generator
) -> dict[Place, NDArray[np.intp]]:
    """Up to 20,000 candidate centres for each place."""
    depth = edt.edt(lung, anisotropy=spacing_mm)
    anywhere = np.flatnonzero(lung)
    border = np.flatnonzero(lung & (depth < 6.0))
    _, rows, columns = np.unravel_index(border, lung.shape)
    aside = np.abs(columns - np.unravel_index(anywhere, lung.shape)[2].mean())
    found = {
        Place.ANYWHERE: anywhere,
        Place.PLEURA: border,
        Place.HILUM: border[aside < np.quantile(aside, 0.4)],
        Place.REAR: border[rows > np.quantile(rows, 0.8)],
    }
    return {place: rng.choice(voxels, min(20_000, voxels.size)) for place, voxels in found.items()}


def _grain(hu: NDArray[np.int16], lung: NDArray[np.bool_], size: int = 48) -> Field:
    """Noise of the most even block of soft tissue beside the lungs.

    Blocks of 5 slices and `size` voxels square are tried on a coarse lattice;
    the one that holds most voxels of 0 to 100 HU wins, and its mean and slow
    changes are taken off.
    """
    best, best_share = None, -1.0
    soft = (hu > 0) & (hu < 120) & ~lung
    for k in range(0, max(hu.shape[0] - 5, 1), 6):
        for j in range(0, max(hu.shape[1] - size, 1), size // 2):
            for i in range(0, max(hu.shape[2] - size, 1), size // 2):
                share = float(soft[k : k + 5, j : j + size, i : i + size].mean())
                if share > best_share:
                    best, best_share = (k, j, i), share
    k, j, i = best if best is not None else (0, 0, 0)
    block = hu[k : k + 5, j : j + size, i : i + size].astype(np.float32)
    block = np.clip(block, -20.0, 140.0)
    return np.asarray(block - block.mean(axis=(1, 2), keepdims=True), dtype=np.float32)


def _tile(block: Field, shape: tuple[int, ...], rng: Generator) -> Field:
    """The block repeated by reflection to fill a shape, from a random start."""
    index = [
        _reflected(n, size, int(rng.integers(0, 2 * n)))
        for n, size in zip(block.shape, shape, strict=True)
    ]
    return np.asarray(block[np.ix_(*index)])


def _reflected(n: int, size: int, start: int) -> NDArray[np.intp]:
    ramp = (np.arange(size) + start) % (2 * n)
    return np.where(ramp < n, ramp, 2 * n - 1 - ramp).astype(np.intp)
