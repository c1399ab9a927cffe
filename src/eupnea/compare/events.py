"""What became of each group of regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Event, EventKind
from eupnea.compare.alignment import Alignment
from eupnea.compare.breath import LocalBreath
from eupnea.compare.match import Group
from eupnea.compare.settings import CompareSettings, MatchSettings
from eupnea.region import Region

Point = tuple[float, float, float]


def describe_group(
    group: Group,
    before: Sequence[Region],
    after: Sequence[Region],
    alignment: Alignment,
    settings: CompareSettings,
    breath: LocalBreath,
) -> Event:
    """Name the event of a group, and measure it in each scan's own space."""
    parents = [before[n] for n in group.before]
    children = [after[n] for n in group.after]
    before_ml = sum(region.volume_ml for region in parents)
    after_ml = sum(region.volume_ml for region in children)
    here, there = _places(parents, children, alignment)
    limits, ratio = settings.limits, breath.at(here)
    beyond = limits.is_beyond(before_ml, after_ml, ratio)
    return Event(
        kind=_kind(parents, children, settings, beyond=beyond),
        before=tuple(region.id for region in parents),
        after=tuple(region.id for region in children),
        volume_before_ml=before_ml,
        volume_after_ml=after_ml,
        change_percent=100 * (after_ml - before_ml) / before_ml if before_ml else None,
        limit_percent=limits.percent(before_ml, after_ml, ratio) if before_ml else None,
        beyond_repeatability=beyond,
        centroid_before_mm=here,
        centroid_after_mm=there,
    )


def _kind(
    parents: Sequence[Region],
    children: Sequence[Region],
    settings: CompareSettings,
    *,
    beyond: bool,
) -> EventKind:
    if not parents:
        return EventKind.NEW
    if not children:
        return EventKind.RESOLVED
    from_count = _count_parts(parents, settings.match)
    to_count = _count_parts(children, settings.match)
    if from_count > to_count:
        return EventKind.MERGED
    if from_count < to_count:
        return EventKind.SPLIT
    if not beyond:
        return EventKind.STABLE
    gain = sum(region.volume_ml for region in children) - sum(r.volume_ml for r in parents)
    return EventKind.GROWN if gain > 0 else EventKind.SHRUNK


def _count_parts(regions: Sequence[Region], settings: MatchSettings) -> int:
    """Number of regions that are more than crumbs."""
    largest = max(region.volume_ml for region in regions)
    least = min(largest, max(settings.crumb_ml, settings.crumb_share * largest))
    return sum(region.volume_ml >= least for region in regions)


def _places(
    parents: Sequence[Region], children: Sequence[Region], alignment: Alignment
) -> tuple[Point, Point]:
    """Where a group lies in both scans; carried over where one of them has nothing."""
    if not children:
        here = _centroid(parents)
        return here, _point(alignment.to_moving(here))
    there = _centroid(children)
    return _centroid(parents) if parents else _point(alignment.to_fixed(there)), there


def _centroid(regions: Sequence[Region]) -> Point:
    weights = [region.volume_ml for region in regions]
    return _point(np.average([region.centroid_mm for region in regions], axis=0, weights=weights))


def _point(position: NDArray[np.float64]) -> Point:
    x, y, z = (float(value) for value in position)
    return x, y, z
