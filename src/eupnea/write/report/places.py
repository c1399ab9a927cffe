"""The sections that a reader should see first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import EventKind, ScanAnalysis
from eupnea.write.document import ChangeDocument, EventDocument, Point

APART_MM = 20.0
"""Two sections of one picture series lie at least so far apart."""

NOTABLE_ML = 0.5
NOTABLE_SHARE = 0.03
"""A difference below both, the latter of the largest one, is not worth a picture."""


class Plane(StrEnum):
    """Planes of section."""

    AXIAL = "axial"
    CORONAL = "coronal"


@dataclass(frozen=True, kw_only=True)
class View:
    """A square part of an axial section."""

    centre_mm: Point
    """LPS; its height does not matter."""
    radius_mm: float
    """Half a side."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One section, by its array index."""

    plane: Plane
    index: int
    view: View | None = None
    """The part to show; `None` for all of the organ."""


@dataclass(frozen=True, kw_only=True)
class PairPlace:
    """The places in an earlier and a later scan that show one event."""

    event: EventDocument
    before: Place
    """In the earlier scan; axial."""
    after: Place
    """In the later scan; axial."""


def axial(index: int) -> Place:
    """An axial section."""
    return Place(plane=Plane.AXIAL, index=index)


@dataclass(frozen=True, eq=False)
class Sections:
    """How much of the organ and of each region every section of a scan cuts."""

    found: ScanAnalysis

    @cached_property
    def region_areas(self) -> NDArray[np.intp]:
        """Voxels (slices, labels) of each region in each slice."""
        return self._areas(0)

    @cached_property
    def region_rows(self) -> NDArray[np.intp]:
        """Voxels (rows, labels) of each region in each coronal section."""
        return self._areas(1)

    def _areas(self, axis: int) -> NDArray[np.intp]:
        labels = self.found.labels
        count, sections = int(labels.max()) + 1, labels.shape[axis]
        flat = np.flatnonzero(labels)
        index = np.unravel_index(flat, labels.shape)[axis]
        tally = np.bincount(index * count + labels.reshape(-1)[flat], minlength=sections * count)
        return tally.reshape(sections, count)

    @cached_property
    def heights(self) -> NDArray[np.float64]:
        """For each slice, the share of the organ that lies below its middle."""
        areas = np.count_nonzero(self.found.roi.mask.voxels, axis=(1, 2))
        return np.asarray((np.cumsum(areas) - areas / 2) / max(areas.sum(), 1))

    def labels_of(self, ids: Iterable[str]) -> list[int]:
        """The labels of regions by id."""
        wanted = set(ids)
        return [region.label for region in self.found.regions if region.id in wanted]

    def largest_slice(self, ids: Iterable[str]) -> int:
        """The slice that cuts most of some regions."""
        return int(self.region_areas[:, self.labels_of(ids)].sum(axis=1).argmax())

    def slice_of(self, point_mm: Point) -> int:
        """The slice nearest to a point, LPS."""
        index = round(float(self.found.scan.geometry.to_index(point_mm)[0]))
        return min(max(index, 0), len(self.heights) - 1)

    def slice_at_height(self, height: float) -> int:
        """The slice below whose middle lies such a share of the organ."""
        return int(np.abs(self.heights - height).argmin())

    def shows(self, index: int, ids: Iterable[str]) -> bool:
        """Whether a slice cuts at least half as much of some regions as their best does."""
        areas = self.region_areas[:, self.labels_of(ids)].sum(axis=1)
        return bool(areas[index] >= areas.max() / 2)


def scan_places(sections: Sections, *, count: int) -> tuple[Place, ...]:
    """A coronal section and some axial ones, which show the large regions best.

    A region weighs as much as its volume; one that an axial section shows well
    does not weigh in the choice of the next. Without any region, the sections
    that cut most of the organ are chosen.

    Args:
        sections: The scan.
        count: Largest number of axial sections.
    """
    found = sections.found
    gap = APART_MM / found.scan.geometry.spacing_mm[0]
    if not found.regions:
        organ = found.roi.mask.voxels
        rows = np.count_nonzero(organ, axis=(0, 2))
        slices = np.count_nonzero(organ, axis=(1, 2))[:, None]
        return _places(int(rows.argmax()), _peaks(slices, np.ones(1), count, gap))
    weights = np.zeros(sections.region_areas.shape[1])
    for region in found.regions:
        weights[region.label] = region.volume_ml
    row = int((sections.region_rows @ weights).argmax())
    return _places(row, _peaks(sections.region_areas, weights, count, gap))


def _places(row: int, slices: Iterable[int]) -> tuple[Place, ...]:
    """Axial sections from head to foot, as they lie in the coronal one."""
    coronal = Place(plane=Plane.CORONAL, index=row)
    return (coronal, *map(axial, sorted(slices, reverse=True)))


def pair_places(
    earlier: Sections, later: Sections, change: ChangeDocument, *, limit: int
) -> tuple[PairPlace, ...]:
    """Where the largest changes of volume are, in both scans.

    Each is shown where the larger of the two regions is largest. The other scan
    is shown where the alignment puts the region's middle, when it has none of
    its own; else at the same height in the organ, or, when its region is hardly
    cut there, where that is largest.
    """
    moved = [event for event in change.events if event.kind is not EventKind.STABLE]
    events = sorted(moved or change.events, key=_weight, reverse=True)
    least = max(NOTABLE_ML, NOTABLE_SHARE * _weight(events[0])) if events else 0.0
    chosen: list[PairPlace] = []
    gap = APART_MM / later.found.scan.geometry.spacing_mm[0]
    for event in events:
        if chosen and _weight(event) < least:
            break
        place = _pair_place(earlier, later, event)
        if all(abs(place.after.index - other.after.index) >= gap for other in chosen):
            chosen.append(place)
        if len(chosen) == limit:
            break
    return tuple(chosen)


def _weight(event: EventDocument) -> float:
    return abs(event.volume_after_ml - event.volume_before_ml)


def _pair_place(earlier: Sections, later: Sections, event: EventDocument) -> PairPlace:
    if event.volume_after_ml >= event.volume_before_ml:
        after = later.largest_slice(event.after)
        before = _partner(later, after, earlier, event.before, event.centroid_before_mm)
    else:
        before = earlier.largest_slice(event.before)
        after = _partner(earlier, before, later, event.after, event.centroid_after_mm)
    return PairPlace(event=event, before=axial(before), after=axial(after))


def _partner(
    anchor: Sections, index: int, other: Sections, ids: tuple[str, ...], centroid_mm: Point | None
) -> int:
    """The slice of the other scan that corresponds to a slice of the anchor."""
    if not ids and centroid_mm is not None:
        return other.slice_of(centroid_mm)
    level = other.slice_at_height(float(anchor.heights[index]))
    return level if not ids or other.shows(level, ids) else other.largest_slice(ids)


def _peaks(
    areas: NDArray[np.intp], weights: NDArray[np.float64], count: int, gap: float
) -> Iterator[int]:
    """Slices that lie apart and show most, each what those before it do not show.

    Args:
        areas: (slices, labels).
        weights: Of each label.
        count: Largest number of slices.
        gap: Smallest distance, in slices.
    """
    index, left = np.arange(len(areas)), weights.copy()
    free = np.ones(len(areas), bool)
    for _ in range(count):
        score = np.where(free, areas @ left, 0.0)
        best = int(score.argmax())
        if score[best] <= 0:
            return
        yield best
        free &= np.abs(index - best) >= gap
        if len(left) > 1:
            left[areas[best] >= areas.max(axis=0) / 2] = 0
