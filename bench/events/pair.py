"""Two scans of one lung with regions whose history is known.

Regions are given, not found: the truth's own masks, drawn with an error of the
outline in each scan, stand in for a segmentation, so that the comparison alone
is measured. Real lungs make the pair semi-synthetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from bench.alignment.imaging import expose
from bench.alignment.motion import Motion
from bench.alignment.pairs import Recipe, move
from bench.events.histories import Focus, draw_foci
from bench.events.lungs import Lungs
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.analysis import Attributes, ScanAnalysis
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.organ import Zones
from eupnea.scan import Scan
from eupnea.segment.components import components
from eupnea.segment.regions import RegionSettings, describe_regions, label_regions
from eupnea.volume import Volume

START = datetime(2020, 1, 1, tzinfo=UTC)
OUTLINE_GRAIN_MM = 4.0
"""Distance over which that error stays alike."""
EDGE_MM = 3.0
NOISE_HU = 25.0
FINE = 2
"""The true volume is counted on voxels split this many times along each axis."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """One scan as the comparison gets it, and what is true of it."""

    analysis: ScanAnalysis
    foci: dict[int, frozenset[int]]
    """For each region's label the foci it is made of."""
    true_ml: dict[int, float]
    """For each region's label its volume without any error of the outline."""


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownHistory:
    """Two scans, and the foci whose sizes tell what happened."""

    name: str
    repeat: bool
    foci: tuple[Focus, ...]
    before: Seen
    after: Seen


def make_history(lungs: Lungs, seed: int, *, repeat: bool, outline_mm: float = 0.5) -> KnownHistory:
    """Draw the histories of one pair; displacements of up to 20 mm beside the breath.

    Args:
        lungs: Where.
        seed: Another seed, another pair.
        repeat: Whether nothing happens.
        outline_mm: Standard deviation of a drawn outline about the true one.
    """
    rng = np.random.default_rng(seed)
    motion = Motion.draw(
        lungs.roi,
        rng,
        largest_mm=float(rng.uniform(6, 20)),
        shift_mm=tuple(rng.uniform(-15, 15, 3)),
        turn_degrees=float(rng.uniform(-4, 4)),
    )
    foci = draw_foci(lungs.roi, rng, repeat=repeat)
    body, grid = np.asarray(lungs.volume.voxels), motion.second_grid(lungs.volume.geometry, rng)
    moved, inside = move(body, lungs.roi, motion, grid, Recipe(wall=False))
    here = _Place(roi=lungs.roi, motion=None, foci=foci, outline_mm=outline_mm)
    late_roi = Mask(voxels=inside, geometry=grid)
    there = _Place(roi=late_roi, motion=motion, foci=foci, outline_mm=outline_mm)
    early = expose(here.paint(body), lungs.roi.geometry, NOISE_HU, rng)
    late = expose(there.paint(moved), grid, NOISE_HU, rng)
    return KnownHistory(
        name=lungs.name,
        repeat=repeat,
        foci=foci,
        before=here.see(0, early, rng),
        after=there.see(1, late, rng),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Place:
    """The lungs of one scan and the foci in them."""

    roi: Mask
    motion: Motion | None
    """From this scan to the first; `None` if this is the first."""
    foci: Sequence[Focus]
    outline_mm: float

    def paint(self, hu: NDArray[np.floating]) -> NDArray[np.float32]:
        """The foci's density, over an edge of some millimetres."""
        painted = np.array(hu, dtype=np.float32)
        flat = painted.reshape(-1)
        for focus, (near, depth) in zip(self.foci, self._depths, strict=True):
            weight = np.clip(depth / EDGE_MM + 0.5, 0, 1)
            flat[near] += weight * (focus.density_hu - flat[near])
        return painted

    def see(self, index: int, volume: Volume, rng: np.random.Generator) -> Seen:
        """The scan's analysis, its regions with an error of their outlines."""
        error = self.outline_mm * _outline_error(volume.geometry, rng).reshape(-1)
        masks = []
        for near, depth in self._depths:
            inside = np.zeros(self.roi.voxels.shape, bool)
            inside.reshape(-1)[near] = depth + error[near] > 0
            masks.append(_largest_piece(inside))
        abnormal = Mask(voxels=np.logical_or.reduce(masks), geometry=volume.geometry)
        labels, _ = label_regions(abnormal, RegionSettings())
        foci: dict[int, set[int]] = {}
        for number, mask in enumerate(masks):
            for label in set(np.unique(labels[mask]).tolist()) - {0}:
                foci.setdefault(int(label), set()).add(number)
        return Seen(
            analysis=_analysis(index, volume, self.roi, labels),
            foci={label: frozenset(members) for label, members in foci.items()},
            true_ml={label: self._true_ml(sorted(members)) for label, members in foci.items()},
        )

    @cached_property
    def _depths(self) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """For each focus the flat voxels around it, and how deep inside it they lie."""
        held = np.flatnonzero(self.roi.voxels)
        points = self._to_first(_unravel(held, self.roi))
        near = [
            focus.near(points, radius)
            for focus, radius in zip(self.foci, self._radii_mm, strict=True)
        ]
        return [(held[part], self._depth(n, points[part])) for n, part in enumerate(near)]

    def _true_ml(self, members: Sequence[int]) -> float:
        """Volume of the union of some foci inside the lungs, on finer voxels."""
        edge = -2 * max(self.roi.geometry.spacing_mm)
        parts = [near[depth > edge] for near, depth in (self._depths[n] for n in members)]
        rough = _unravel(np.unique(np.concatenate(parts)), self.roi)
        steps = (np.arange(FINE) - (FINE - 1) / 2) / FINE
        offsets = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
        points = self._to_first((rough[:, None, :] + offsets).reshape(-1, 3))
        inside = np.zeros(len(points), bool)
        for number in members:
            inside |= self._depth(number, points) > 0
        return float(np.count_nonzero(inside)) * self.roi.geometry.voxel_volume_ml / FINE**3

    def _depth(self, number: int, points: NDArray[np.float64]) -> NDArray[np.float32]:
        return self.foci[number].depth(points, self._radii_mm[number], self._scales[number])

    @cached_property
    def _radii_mm(self) -> list[float]:
        return [f.before_mm if self.motion is None else f.after_mm for f in self.foci]

    @cached_property
    def _scales(self) -> list[float]:
        """What a focus that holds its volume is stretched by, where the lung was squeezed."""
        if self.motion is None:
            return [1.0] * len(self.foci)
        still = self.motion.inside.undo(np.array([focus.centre_mm for focus in self.foci]))
        squeezed = np.cbrt(self.motion.shrinkage(still))
        return [
            1.0 if focus.follows_breath else float(scale)
            for focus, scale in zip(self.foci, squeezed, strict=True)
        ]

    def _to_first(self, index: NDArray[np.floating | np.intp]) -> NDArray[np.float64]:
        points = self.roi.geometry.to_mm(index)
        return points if self.motion is None else self.motion.to_first(points)


def _unravel(flat: NDArray[np.intp], mask: Mask) -> NDArray[np.intp]:
    return np.stack(np.unravel_index(flat, mask.voxels.shape), axis=-1)


def _outline_error(grid: Geometry, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise of unit size."""
    noise = rng.standard_normal(grid.shape).astype(np.float32)
    smooth = ndimage.gaussian_filter(noise, [OUTLINE_GRAIN_MM / 2 / s for s in grid.spacing_mm])
    return np.asarray(smooth / smooth.std(), dtype=np.float32)


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A focus is one piece, even where the edge of the lung cuts it."""
    found = ndimage.find_objects(mask.astype(np.uint8))
    if not found or found[0] is None:
        return mask
    kept = np.zeros_like(mask)
    labels, _ = components(mask[found[0]])
    kept[found[0]] = labels == 1
    return kept


def _analysis(index: int, volume: Volume, roi: Mask, labels: NDArray[np.uint16]) -> ScanAnalysis:
    abnormal = Mask(voxels=labels > 0, geometry=volume.geometry)
    scan = Scan(
        volume=volume, native=volume.geometry, acquired_at=START + timedelta(days=60 * index)
    )
    zones = Zones(labels=roi.voxels.astype(np.uint8), names=("lung",), geometry=volume.geometry)
    parts = [
        Attributes(mask=mask, volume_ml=mask.volume_ml, fraction=mask.volume_ml / roi.volume_ml)
        for mask in (roi, roi - abnormal, abnormal)
    ]
    return ScanAnalysis(
        index=index,
        scan=scan,
        roi=parts[0],
        normal=parts[1],
        abnormal=parts[2],
        regions=describe_regions(scan, labels, zones),
        labels=labels,
        bands=(),
        zones=(),
    )
