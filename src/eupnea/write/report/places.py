"""The sections that a reader should see first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.write.document import ChangeDocument, EventDocument
from eupnea.write.report.picture import Plane

APART_MM = 20.0
"""Two sections of one picture series lie at least so far apart."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One section, by its array index."""

    plane: Plane
    index: int


@dataclass(frozen=True, kw_only=True)
class PairPlace:
    """The places in an earlier and a later scan that show one event."""

    event: EventDocument
    before: int
    """Slice of the earlier scan."""
    after: int
    """Slice of the later scan."""


@dataclass(frozen=True, eq=False)
class Sections:
    """How much of the organ and of each region every section of a scan cuts."""

    found: ScanAnalysis

    @cached_property
    def region_areas(self) -> NDArray[np.int64]:
        """Voxels (slices, labels) of each region in each slice."""
        count = int(self.found.labels.max()) + 1
        return np.array([np.bincount(part.ravel(), minlength=count) for part in self.found.labels])

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

    def slice_at_height(self, height: float) -> int:
        """The slice below whose middle lies such a share of the organ."""
        return int(np.abs(self.heights - height).argmin())

    def shows(self, index: int, ids: Iterable[str]) -> bool:
        """Whether a slice cuts at least half as much of some regions as their best does."""
        areas = self.region_areas[:, self.labels_of(ids)].sum(axis=1)
        return bool(areas[index] >= areas.max() / 2)


def scan_places(sections: Sections, *, axial: int) -> tuple[Place, ...]:
    """A coronal section and some axial ones, where most is abnormal.

    Args:
        sections: The scan.
        axial: Largest number of axial sections.
    """
    found = sections.found
    mask = found.abnormal.mask if not found.abnormal.mask.is_empty else found.roi.mask
    rows = np.count_nonzero(mask.voxels, axis=(0, 2))
    slices = np.count_nonzero(mask.voxels, axis=(1, 2))
    gap = APART_MM / found.scan.geometry.spacing_mm[0]
    return (
        Place(plane=Plane.CORONAL, index=int(rows.argmax())),
        *(
            Place(plane=Plane.AXIAL, index=index)
            for index in sorted(_peaks(slices, axial, gap), reverse=True)
        ),
    )


def pair_places(
    earlier: Sections, later: Sections, change: ChangeDocument, *, limit: int
) -> tuple[PairPlace, ...]:
    """Where the largest changes of volume are, in both scans.

    Each is shown where the larger of the two regions is largest. The other
    scan is shown at the same height in the organ, or, when its region is
    hardly there, where that is largest.
    """
    chosen: list[PairPlace] = []
    gap = APART_MM / later.found.scan.geometry.spacing_mm[0]
    for event in sorted(change.events, key=_weight, reverse=True):
        place = _pair_place(earlier, later, event)
        if all(abs(place.after - other.after) >= gap for other in chosen):
            chosen.append(place)
        if len(chosen) == limit:
            break
    return tuple(chosen)


def _weight(event: EventDocument) -> float:
    return abs(event.volume_after_ml - event.volume_before_ml)


def _pair_place(earlier: Sections, later: Sections, event: EventDocument) -> PairPlace:
    if event.volume_after_ml >= event.volume_before_ml:
        after = later.largest_slice(event.after)
        return PairPlace(
            event=event, before=_partner(later, after, earlier, event.before), after=after
        )
    before = earlier.largest_slice(event.before)
    return PairPlace(
        event=event, before=before, after=_partner(earlier, before, later, event.after)
    )


def _partner(anchor: Sections, index: int, other: Sections, ids: tuple[str, ...]) -> int:
    level = other.slice_at_height(float(anchor.heights[index]))
    if not ids or other.shows(level, ids):
        return level
    return other.largest_slice(ids)


def _peaks(areas: NDArray[np.intp], count: int, gap: float) -> Iterator[int]:
    """Indices of the largest areas that lie apart."""
    left = areas.astype(float)
    index = np.arange(len(areas))
    for _ in range(count):
        best = int(left.argmax())
        if left[best] <= 0:
            return
        yield best
        left[np.abs(index - best) < gap] = 0
