"""What truly became of each region between two scans."""

from __future__ import annotations

from collections.abc import Sequence

from eupnea.analysis import Event, EventKind
from eupnea.phantom.truth import TrueRegion

LIMIT_PERCENT = 25.0
"""A region that changes its volume by less is stable."""
LIMIT_ML = 0.03
"""The same, as a volume."""


def true_events(before: Sequence[TrueRegion], after: Sequence[TrueRegion]) -> tuple[Event, ...]:
    """Events by the foci that regions share; volumes are those of the truth masks.

    Examples:
        >>> one = TrueRegion(
        ...     id="L1", label=1, foci=(1,), kinds=(), volume_ml=2.0, centroid_mm=(0, 0, 0)
        ... )
        >>> [event.kind.value for event in true_events([one], [])]
        ['resolved']
    """
    groups: list[tuple[list[TrueRegion], list[TrueRegion]]] = []
    for side, regions in enumerate((before, after)):
        for region in regions:
            met = [group for group in groups if _shares(region, group)]
            groups = [group for group in groups if not _shares(region, group)]
            merged = ([r for g in met for r in g[0]], [r for g in met for r in g[1]])
            merged[side].append(region)
            groups.append(merged)
    events = [_event(earlier, later) for earlier, later in groups]
    return tuple(sorted(events, key=lambda event: (*event.before, *event.after)))


def _shares(region: TrueRegion, group: tuple[list[TrueRegion], list[TrueRegion]]) -> bool:
    return any(set(region.foci) & set(other.foci) for other in (*group[0], *group[1]))


def _event(before: Sequence[TrueRegion], after: Sequence[TrueRegion]) -> Event:
    old = sum(region.volume_ml for region in before)
    new = sum(region.volume_ml for region in after)
    percent = 100 * (new - old) / old if old else None
    large = abs(new - old) >= LIMIT_ML and (percent is None or abs(percent) >= LIMIT_PERCENT)
    return Event(
        kind=_kind(len(before), len(after), change=(new - old) if large else 0.0),
        before=tuple(sorted(region.id for region in before)),
        after=tuple(sorted(region.id for region in after)),
        volume_before_ml=old,
        volume_after_ml=new,
        change_percent=percent,
        limit_percent=LIMIT_PERCENT,
        beyond_repeatability=large,
    )


def _kind(before: int, after: int, *, change: float) -> EventKind:
    if not before:
        return EventKind.NEW
    if not after:
        return EventKind.RESOLVED
    if before > after:
        return EventKind.MERGED
    if after > before:
        return EventKind.SPLIT
    if change > 0:
        return EventKind.GROWN
    return EventKind.SHRUNK if change < 0 else EventKind.STABLE
