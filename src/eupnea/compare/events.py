"""What became of each group of regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Event, EventKind, ScanAnalysis
from eupnea.compare.alignment import Alignment
from eupnea.compare.breath import LocalBreath
from eupnea.compare.match import Group
from eupnea.compare.neck import count_across_necks
from eupnea.compare.settings import CompareSettings, MatchSettings
from eupnea.region import Region

Point = tuple[float, float, float]


def describe_group(
    group: Group,
    before: ScanAnalysis,
    after: ScanAnalysis,
    alignment: Alignment,
    settings: CompareSettings,
    breath: LocalBreath,
) -> Event:
    """Name the event of a group, and measure it in each scan's own space."""
    parents = [before.regions[n] for n in group.before]
    children = [after.regions[n] for n in group.after]
    before_ml = sum(region.volume_ml for region in parents)
    after_ml = sum(region.volume_ml for region in children)
    here, there = _places(parents, children, alignment)
    limits, ratio = settings.limits, breath.at(here)
    beyond = limits.is_beyond(before_ml, after_ml, ratio)
    step = count_step(parents, children, before, after, alignment, settings.match)
    return Event(
        kind=_kind(before_ml, after_ml, step, beyond=beyond),
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


def _kind(before_ml: float, after_ml: float, step: int, *, beyond: bool) -> EventKind:
    if not before_ml:
        return EventKind.NEW
    if not after_ml:
        return EventKind.RESOLVED
    if step:
        return EventKind.SPLIT if step > 0 else EventKind.MERGED
    if not beyond:
        return EventKind.STABLE
    return EventKind.GROWN if after_ml > before_ml else EventKind.SHRUNK


def count_step(
    parents: Sequence[Region],
    children: Sequence[Region],
    before: ScanAnalysis,
    after: ScanAnalysis,
    alignment: Alignment,
    settings: MatchSettings,
) -> int:
    """How many parts there are more than before: below 0 they merged, above 0 they split.

    Crumbs are no parts, and parts that a thin bridge joins are not yet one.
    """
    old, new = _parts(parents, settings), _parts(children, settings)
    if len(old) > len(new) > 0:
        joined = [
            count_across_necks(child, old, after, before, alignment.inverse, settings.neck_mm)
            for child in new
        ]
        return min(sum(joined) - len(old), 0)
    if len(new) > len(old) > 0:
        joined = [
            count_across_necks(parent, new, before, after, alignment, settings.neck_mm)
            for parent in old
        ]
        return max(len(new) - sum(joined), 0)
    return 0


def _parts(regions: Sequence[Region], settings: MatchSettings) -> list[Region]:
    """Those that are more than crumbs."""
    largest = max((region.volume_ml for region in regions), default=0.0)
    least = min(largest, max(settings.crumb_ml, settings.crumb_share * largest))
    return [region for region in regions if region.volume_ml >= least]


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
