"""An endless stream of whole chests, in which anything may fill the lungs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.box import box_of
from eupnea.segment.chest import AIR_HU, CHEST_SPACING_MM, Chest, chest_signal
from eupnea.segment.coarse import Coarse
from eupnea.train.acquisition import breathe, enhance, surroundings
from eupnea.train.cases import Case
from eupnea.train.disease.belly import fill_belly, survey_belly
from eupnea.train.disease.families import EVERYWHERE, FAMILIES, Family
from eupnea.train.disease.fields import mix, smooth_noise
from eupnea.train.disease.foreign import any_shape
from eupnea.train.disease.lay import Ground, lay_disease, without_rim
from eupnea.train.disease.site import Lesion, Site
from eupnea.train.episodes import episodes
from eupnea.volume import Volume

SIDES = (48, 48, 48)
"""Voxels of a sample (slices, rows, columns)."""

SAMPLES_PER_EPISODE = 16

MOST_LESIONS = 5
HEALTHY_SHARE = 0.15

ONE_LUNG_SHARE = 0.25
"""Share of samples that show one lung alone, as a close field of view does."""

LEAST_SLICES = 14
"""Of the field of view around one lung."""

SMOOTHING_MM = 3.2
"""Standard deviation of what stands for averaging onto the chest's grid."""

BEND_MM = 9.0
"""Standard deviation of a bend: other bodies, shifted hearts, raised diaphragms."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ChestSample:
    """One input of the network and its truth."""

    signal: NDArray[np.float32]
    """(windows, slices, rows, columns)."""
    lung: Chest
    """Share of each voxel that is lung."""
    known: Chest
    """Share of each voxel of which `lung` is known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ground:
    """One chest on the coarse grid, before any disease."""

    hu: NDArray[np.int16]
    lungs: Ground
    undrawn: NDArray[np.bool_]
    belly: Ground | None

    @classmethod
    def of(cls, case: Case, rng: Generator) -> _Ground:
        coarse = Coarse.of(case.scan.volume)
        lung = _mostly(case.lung, case)
        return cls(
            hu=coarse.hu,
            undrawn=_mostly(case.unknown & ~case.lung, case),
            lungs=Ground.of(coarse.hu, lung, coarse.spacing_mm, rng),
            belly=survey_belly(coarse.hu, lung, coarse.spacing_mm, rng),
        )


def _mostly(mask: NDArray[np.bool_], case: Case) -> NDArray[np.bool_]:
    """The coarse voxels of which a mask holds at least half."""
    shares = Volume(voxels=mask.astype(np.int16) * 100, geometry=case.scan.geometry)
    return np.asarray(Coarse.of(shares).hu >= 50)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Episode:
    """A chest after one breath and one course of disease."""

    hu: Chest
    lung: Chest
    undrawn: Chest
    spacing_mm: NDArray[np.float64]
    middle: NDArray[np.float64]
    """Index of the middle of the lungs."""


class ChestStream:
    """Draws chests from cases for ever; the same seed gives the same samples.

    Args:
        cases: Scans to draw from.
        seed: Decides everything.
        at_once: Scans that neighbouring samples come from.
    """

    def __init__(self, cases: Sequence[Case], *, seed: int, at_once: int = 1) -> None:
        self._seed = seed
        self._at_once = at_once
        rng = np.random.default_rng([seed, 0])
        self._grounds = [_Ground.of(case, rng) for case in cases]

    def __iter__(self) -> Iterator[ChestSample]:
        rng = np.random.default_rng([self._seed, 1])
        drawn = episodes(
            lambda n: _episode(self._grounds[n], rng),
            len(self._grounds),
            samples=SAMPLES_PER_EPISODE,
            at_once=self._at_once,
            rng=rng,
        )
        for episode in drawn:
            yield _draw(episode, rng)


def _episode(ground: _Ground, rng: Generator) -> _Episode:
    lungs = ground.lungs
    hu = breathe(ground.hu, lungs.lung, rng) if rng.random() < 0.6 else ground.hu
    hu = enhance(hu, rng) if rng.random() < 0.5 else hu
    hu = _fill(fill_belly(hu, ground.belly, rng), lungs, rng)
    sigma = [SMOOTHING_MM / step for step in lungs.spacing_mm]
    box = box_of(lungs.lung)
    return _Episode(
        hu=ndimage.gaussian_filter(hu.astype(np.float32), sigma),
        lung=ndimage.gaussian_filter(lungs.lung.astype(np.float32), sigma),
        undrawn=ndimage.gaussian_filter(ground.undrawn.astype(np.float32), sigma),
        spacing_mm=np.array(lungs.spacing_mm),
        middle=np.array([(part.start + part.stop) / 2 for part in box]),
    )


def _fill(hu: NDArray[np.int16], lungs: Ground, rng: Generator) -> NDArray[np.int16]:
    """Lays matter into the lungs; what is dense reaches the chest wall without a rim of air."""
    count = 0 if rng.random() < HEALTHY_SHARE else int(rng.integers(1, MOST_LESIONS + 1))
    sick = lay_disease(hu, lungs, [_any(rng) for _ in range(count)], rng)
    return without_rim(sick, lungs.lung, rng)


def filling(site: Site, rng: Generator) -> Lesion:
    """Any shape of what is as dense as fluid or tissue, even or grained."""
    shape = any_shape(site, rng)
    matter = np.float32(rng.uniform(-30.0, 130.0)) + site.grain
    grains = smooth_noise(site, np.exp(rng.uniform(np.log(3.0), np.log(30.0))), rng)
    matter = matter + np.exp(rng.uniform(np.log(1.0), np.log(60.0))) * grains
    return Lesion(hu=mix(site.hu, matter.astype(np.float32), shape), abnormal=shape > 0.5)


MATTER = (
    Family(name="filling", paint=filling, radius_mm=(8.0, 110.0), places=EVERYWHERE, weight=0.7),
    replace(FAMILIES["strange texture"], radius_mm=(12.0, 110.0), weight=0.2),
    replace(FAMILIES["transplant"], radius_mm=(6.0, 60.0), weight=0.1),
)
"""No named disease, so that any of them is new to the network; larger than a texture needs."""


def _any(rng: Generator) -> Family:
    return MATTER[int(rng.choice(len(MATTER), p=[family.weight for family in MATTER]))]


def _draw(episode: _Episode, rng: Generator) -> ChestSample:
    """One sample: a chest turned, scaled, bent, mirrored, cut and scanned anew."""
    places = _places(episode, rng)
    hu = ndimage.map_coordinates(episode.hu, places, order=1, cval=AIR_HU)
    lung = ndimage.map_coordinates(episode.lung, places, order=1, cval=0.0)
    undrawn = ndimage.map_coordinates(episode.undrawn, places, order=1, cval=0.0)
    view = one_lung(lung, rng) if rng.random() < ONE_LUNG_SHARE else _field_of_view(rng)
    hu = surroundings(np.where(view, hu, np.float32(AIR_HU)), rng)
    noise = rng.uniform(0.0, 25.0) * rng.standard_normal(hu.shape) + rng.normal(0.0, 8.0)
    return ChestSample(
        signal=chest_signal(hu + noise.astype(np.float32)),
        lung=np.where(view, lung, np.float32(0.0)),
        known=np.where(view, 1 - undrawn, np.float32(1.0)),
    )


def _places(episode: _Episode, rng: Generator) -> NDArray[np.float64]:
    """Where each voxel of a sample lies in the episode's chest: (3, slices, rows, columns)."""
    scale = np.exp(rng.uniform(-0.15, 0.15) + rng.uniform(-0.12, 0.12, 3))
    scale[2] *= rng.choice([1.0, 1.0, -1.0])
    middle = (np.array(SIDES) - 1) / 2
    grid = np.indices(SIDES, dtype=np.float64) - middle[:, None, None, None]
    away = CHEST_SPACING_MM * np.tensordot(_turn(rng) * scale, grid, axes=1) + _bend(rng)
    away += (rng.uniform(-1.0, 1.0, 3) * (60.0, 25.0, 40.0))[:, None, None, None]
    step, origin = (a[:, None, None, None] for a in (episode.spacing_mm, episode.middle))
    return np.asarray(away / step + origin)


def _turn(rng: Generator) -> NDArray[np.float64]:
    """A small rotation about a random axis (Rodrigues)."""
    z, y, x = rng.normal(0.0, 0.08, 3)
    across = np.array([[0.0, -x, y], [x, 0.0, -z], [-y, z, 0.0]])
    return np.asarray(np.eye(3) + across + across @ across / 2)


def _bend(rng: Generator) -> NDArray[np.float64]:
    """A smooth random displacement in mm: (3, slices, rows, columns)."""
    count = int(rng.integers(4, 8))
    coarse = rng.normal(0.0, BEND_MM * rng.random(), (3, count, count, count))
    ratio = [side / count for side in SIDES]
    return np.stack([ndimage.zoom(part, ratio, order=2, mode="nearest") for part in coarse])


def one_lung(lung: Chest, rng: Generator) -> NDArray[np.bool_]:
    """A close field of view around one lung, mostly of a part of its height."""
    is_lung = lung > 0.5
    columns = box_of(is_lung)[2]
    middle = (columns.start + columns.stop) // 2
    side = slice(middle, None) if rng.random() < 0.5 else slice(middle)
    half = np.zeros_like(is_lung)
    half[:, :, side] = is_lung[:, :, side]
    box = [
        slice(max(span.start - int(rng.integers(-1, 4)), 0), span.stop + int(rng.integers(-1, 4)))
        for span in box_of(half)
    ]
    height = int(rng.integers(LEAST_SLICES, SIDES[0]))
    start = int(rng.integers(box[0].start, max(box[0].stop - height, box[0].start) + 1))
    box[0] = slice(start, min(start + height, box[0].stop))
    view = np.zeros_like(is_lung)
    view[tuple(box)] = True
    return view


def _field_of_view(rng: Generator) -> NDArray[np.bool_]:
    """The voxels that were scanned: mostly all, else no more than a slab, or a part of a side."""
    view = np.ones(SIDES, dtype=bool)
    for axis, most in ((0, 0.5), (0, 0.5), (1, 0.15), (2, 0.5)):
        if rng.random() < 0.2:
            turned = np.moveaxis(view, axis, 0)
            cut = int(rng.uniform(0.0, most) * len(turned))
            turned[slice(cut) if rng.random() < 0.5 else slice(len(turned) - cut, None)] = False
    return view
