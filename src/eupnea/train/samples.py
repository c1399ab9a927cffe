"""An endless stream of training samples, drawn from cases with disease laid in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.segment.blocks import Blocks
from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.coarse import ANATOMY_MM
from eupnea.segment.located import with_located
from eupnea.segment.parenchyma import parenchyma_of
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.segment.planes import PLANE_OFFSETS_MM, to_signal
from eupnea.segment.usual_breath import at_usual_breath
from eupnea.train.acquisition import (
    blur_motion,
    breathe,
    enhance,
    neighbours,
    plane_between,
    rescan,
)
from eupnea.train.cases import Case
from eupnea.train.disease import FAMILIES, lay_disease
from eupnea.train.disease.belly import fill_belly, survey_belly
from eupnea.train.disease.families import Family
from eupnea.train.disease.lay import Ground, without_rim
from eupnea.train.episodes import episodes
from eupnea.train.locator import Locator
from eupnea.volume import Volume

SAMPLES_PER_EPISODE = 96
"""Samples drawn from one diseased scan before the next is made."""


JITTER_MM = 70.0
"""How far a sample's centre may lie from the place that it was drawn for."""

BENT_SHARE = 0.5
"""Share of samples that are bent: hearts and aortas differ more than few scans show."""

SLAB_SHARE = 0.15
"""Share of samples that know less of the body than the far planes reach, as at a scan's ends."""

BEND_MM = 5.0
"""Standard deviation of a bend, over waves of some 30 to 70 mm."""

LARGE_SHARE, LARGE = 0.1, 1.6
"""Share of lesions that are larger than their family mostly is, up to this many times."""

RIMLESS_SHARE = 0.7
"""Share of diseased scans in which what is dense meets the chest wall without a rim of air."""

UNLOCATED_SHARE = 0.2
"""Share of samples that are not told where the lungs lie in the chest."""

MISSED_SHARE = 0.35
"""Share of diseased scans of whose dense disease the chest as a whole knows nothing."""

USUAL_SHARE = 0.85
"""Share of scans that are shown at a usual breath: of others the lung's density is not known."""

MODE_ERROR_HU = 8.0
"""Standard deviation."""

LESIONS = (8, 22)
"""Fewest and one more than most lesions in a diseased scan."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """One input of the network and its truth; `size` pixels square."""

    signal: NDArray[np.float32]
    """(channels, rows, columns)."""
    roi: NDArray[np.bool_]
    normal: NDArray[np.bool_]
    known: NDArray[np.bool_]
    """Where `normal` is known of lung, and `roi` of what is beside it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Episode:
    """A case after one breath and one course of disease."""

    hu: NDArray[np.int16]
    truth: NDArray[np.uint8]
    """Bit 1: lung; bit 2: abnormal; bit 4: unknown."""
    spacing_mm: tuple[float, float, float]
    lung: NDArray[np.intp]
    """Places in the lung (n, 3)."""
    sick: NDArray[np.intp]
    """Places in disease (n, 3); may be none."""
    located: NDArray[np.uint8] | None
    """How sure each voxel is lung by the chest as a whole, of 255, if that is asked."""


class Stream:
    """Draws samples from cases for ever; the same seed gives the same samples.

    Args:
        cases: Scans to draw from.
        seed: Decides everything.
        size: Rows and columns of a sample; a multiple of 16.
        families: Of the disease to lay in.
        healthy_share: Share of episodes without any disease.
        offsets_mm: Heights of the planes of a sample.
        usual_breath: Whether lungs are shown as `eupnea.segment.usual_breath` does.
        at_once: Scans that neighbouring samples come from.
        locator: Says where lungs lie in the chest, as one more channel; none if `None`.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        *,
        seed: int,
        size: int = 160,
        families: Sequence[Family] = tuple(FAMILIES.values()),
        healthy_share: float = 0.15,
        offsets_mm: Sequence[float] = PLANE_OFFSETS_MM,
        usual_breath: bool = True,
        at_once: int = 1,
        locator: Locator | None = None,
    ) -> None:
        self._cases = cases
        self._seed = seed
        self._size = size
        self._families = families
        self._healthy_share = healthy_share
        self._offsets_mm = np.asarray(offsets_mm)
        self._usual_breath = usual_breath
        self._at_once = at_once
        self._locator = locator
        rng = np.random.default_rng([seed, 0])
        self._grounds = [
            (
                Ground.of(c.hu, c.lung, c.spacing_mm, rng),
                survey_belly(c.hu, c.lung, c.spacing_mm, rng),
            )
            for c in cases
        ]

    def __iter__(self) -> Iterator[Sample]:
        rng = np.random.default_rng([self._seed, 1])
        drawn = episodes(
            lambda n: self._episode(self._cases[n], *self._grounds[n], rng),
            len(self._cases),
            samples=SAMPLES_PER_EPISODE,
            at_once=self._at_once,
            rng=rng,
        )
        for episode in drawn:
            yield _draw(episode, self._offsets_mm, self._size, rng)

    def _episode(
        self, case: Case, ground: Ground, belly: Ground | None, rng: Generator
    ) -> _Episode:
        hu = breathe(case.hu, case.lung, rng) if rng.random() < 0.6 else case.hu
        hu = enhance(hu, rng) if rng.random() < 0.5 else hu
        count = 0 if rng.random() < self._healthy_share else int(rng.integers(*LESIONS))
        hu = fill_belly(hu, belly, rng)
        sick = lay_disease(hu, ground, self._choose(count, rng), rng)
        shown = without_rim(sick, case.lung, rng) if rng.random() < RIMLESS_SHARE else sick.hu
        located = None
        if self._locator is not None:
            volume = Volume(voxels=shown, geometry=case.scan.geometry)
            dense = sick.abnormal & (shown >= LUNG_AIR_HU)
            missed = dense if rng.random() < MISSED_SHARE else None
            located = self._locator.locate(volume, rng, missed=missed)
        if self._usual_breath and rng.random() < USUAL_SHARE:
            shown = _at_usual_breath(shown, case, rng)
        truth = case.lung.astype(np.uint8)
        truth |= (sick.abnormal.view(np.uint8) << 1) | (
            (case.unknown & ~sick.abnormal).view(np.uint8) << 2
        )
        return _Episode(
            hu=shown,
            truth=truth,
            spacing_mm=case.spacing_mm,
            lung=_places(case.lung, rng),
            sick=_places(sick.abnormal, rng),
            located=located,
        )

    def _choose(self, count: int, rng: Generator) -> list[Family]:
        weights = np.array([family.weight for family in self._families])
        drawn = rng.choice(len(self._families), size=count, p=weights / weights.sum())
        return [_sized(self._families[n], rng) for n in drawn]


def _at_usual_breath(hu: NDArray[np.int16], case: Case, rng: Generator) -> NDArray[np.int16]:
    """What a model is shown of a lung, given that its density is not known exactly."""
    blocks = Blocks.of(case.scan.geometry, spacing_mm=ANATOMY_MM)
    few = blocks.middles(hu)
    thin = blocks.middles(case.lung) & (few < LUNG_AIR_HU)
    lung = parenchyma_of(few, thin, blocks.geometry.spacing_mm)
    return at_usual_breath(hu, lung.mode_hu + rng.normal(0.0, MODE_ERROR_HU))


def _sized(family: Family, rng: Generator) -> Family:
    """The family, now and then larger than it mostly is."""
    if rng.random() >= LARGE_SHARE:
        return family
    largest = family.radius_mm[1]
    return replace(family, radius_mm=(largest, LARGE * largest))


def _draw(episode: _Episode, offsets_mm: NDArray[np.float64], size: int, rng: Generator) -> Sample:
    """One sample: a plane, turned, scaled, mirrored and scanned anew."""
    centre = _centre(episode, rng)
    grid = _Grid.draw(episode.spacing_mm, centre, size, rng)
    thickness = rng.choice([0.0, 0.0, rng.uniform(1.0, 5.0)])
    planes = np.stack([grid.slab(episode.hu, z, thickness) for z in _stretched(offsets_mm, rng)])
    lung, sick, unknown = (grid.mask(episode.truth, bit, thickness) for bit in (1, 2, 4))
    if rng.random() < 0.1:
        planes = blur_motion(planes, rng)
    signal = to_signal(rescan(planes, rng))
    if episode.located is not None:
        is_told = rng.random() >= UNLOCATED_SHARE
        located = grid.located(episode.located)[None] if is_told else None
        signal = with_located(signal[None], located)[0]
    return Sample(signal=signal, roi=lung, normal=lung & ~sick, known=~unknown)


def _stretched(offsets_mm: NDArray[np.float64], rng: Generator) -> NDArray[np.float64]:
    """The heights in a longer or shorter body; now and then no farther than a slab reaches."""
    heights = offsets_mm * np.exp(rng.uniform(-0.15, 0.15))
    reach = rng.uniform(0.0, 30.0) if rng.random() < SLAB_SHARE else np.inf
    return np.asarray(np.clip(heights, -reach, reach))


def _places(mask: NDArray[np.bool_], rng: Generator, count: int = 4000) -> NDArray[np.intp]:
    """Some voxels of a mask, as indices."""
    flat = np.flatnonzero(mask)
    chosen = rng.choice(flat, min(count, flat.size)) if flat.size else flat
    return np.stack(np.unravel_index(chosen, mask.shape), axis=1)


def _centre(episode: _Episode, rng: Generator) -> NDArray[np.float64]:
    """Mostly near disease, else near lung, now and then anywhere in the scan."""
    kind = rng.random()
    if kind < 0.5 and len(episode.sick):
        place = episode.sick[rng.integers(len(episode.sick))]
    elif kind < 0.8:
        place = episode.lung[rng.integers(len(episode.lung))]
    else:
        place = (rng.random(3) * episode.hu.shape).astype(np.intp)
    away = rng.uniform(-1.0, 1.0, 3) * (0.5, JITTER_MM, JITTER_MM)
    return np.asarray(place + away / (1.0, *episode.spacing_mm[1:]))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Grid:
    """A turned and scaled plane in a scan."""

    matrix: NDArray[np.float64]
    """2 x 2, from sample pixels to rows and columns of the scan."""
    start: NDArray[np.float64]
    bend: NDArray[np.float64] | None
    """Displacement in the sample's pixels (2, rows, columns), for another body's proportions."""
    height: float
    slice_mm: float
    size: int

    @classmethod
    def draw(
        cls,
        spacing_mm: tuple[float, float, float],
        centre: NDArray[np.float64],
        size: int,
        rng: Generator,
    ) -> _Grid:
        angle = rng.normal(0.0, 0.12)
        step = PLANE_SPACING_MM * np.exp(rng.uniform(-0.22, 0.22, 2))
        step *= (1.0, rng.choice([-1.0, 1.0]))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = (turn * step) / np.array(spacing_mm[1:])[:, None]
        start = np.array(centre[1:]) - matrix @ np.full(2, (size - 1) / 2)
        return cls(
            matrix=matrix,
            start=start,
            bend=_bend(size, rng) if rng.random() < BENT_SHARE else None,
            height=float(centre[0]),
            slice_mm=spacing_mm[0],
            size=size,
        )

    def slab(
        self, volume: NDArray[np.int16], offset_mm: float, thickness_mm: float
    ) -> NDArray[np.float32]:
        """The mean of a slab at a height above the plane, on the sample's pixels."""
        planes = [plane_between(volume, h) for h in self._heights(offset_mm, thickness_mm)]
        return self._resample(_mean(planes), outside=-1024.0)

    def mask(self, volume: NDArray[np.uint8], bit: int, thickness_mm: float) -> NDArray[np.bool_]:
        """Where at least half of the slab around the plane carries the bit."""
        shares = [_share(volume, h, bit) for h in self._heights(0.0, thickness_mm)]
        share = _mean(shares)
        if not share.any():
            return np.zeros((self.size, self.size), dtype=bool)
        return self._resample(share, outside=0.0) > 0.5

    def located(self, volume: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How sure the plane is lung by the chest as a whole, given shares of 255."""
        return self._resample(plane_between(volume, self.height) / np.float32(255.0), outside=0.0)

    def _heights(self, offset_mm: float, thickness_mm: float) -> list[float]:
        middle = self.height + offset_mm / self.slice_mm
        reach = 0.33 * thickness_mm / self.slice_mm
        return [middle] if reach < 0.2 else [middle - reach, middle, middle + reach]

    def _resample(self, plane: NDArray[np.float32], *, outside: float) -> NDArray[np.float32]:
        shape = (self.size, self.size)
        if self.bend is None:
            flat = ndimage.affine_transform(
                plane, self.matrix, self.start, shape, order=1, cval=outside
            )
            return np.asarray(flat)
        places = np.tensordot(self.matrix, np.indices(shape) + self.bend, axes=1)
        places += self.start[:, None, None]
        return np.asarray(ndimage.map_coordinates(plane, places, order=1, cval=outside))


def _bend(size: int, rng: Generator) -> NDArray[np.float64]:
    """A smooth random displacement of every pixel of a sample, in pixels."""
    count = int(rng.integers(4, 9))
    coarse = rng.normal(0.0, BEND_MM / PLANE_SPACING_MM, (2, count, count))
    return np.stack([ndimage.zoom(part, size / count, order=3, mode="nearest") for part in coarse])


def _mean(planes: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return planes[0] if len(planes) == 1 else np.mean(planes, axis=0, dtype=np.float32)


def _share(volume: NDArray[np.uint8], height: float, bit: int) -> NDArray[np.float32]:
    """The same of one bit of a mask."""
    low, high, share = neighbours(volume.shape[0], height)
    below, above = (volume[low] & bit) > 0, (volume[high] & bit) > 0
    return np.asarray(below * (1 - share) + above * share, dtype=np.float32)
