"""All scans of one patient, compared."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from eupnea.analysis import Change, Event, ScanAnalysis
from eupnea.compare.identity import Identity, identify_regions
from eupnea.compare.known import KnownScan
from eupnea.compare.pair import Pair, compare_pair
from eupnea.compare.settings import CompareSettings


def compare_timeline(
    scans: tuple[ScanAnalysis, ...],
    *,
    settings: CompareSettings | None = None,
    known: tuple[KnownScan, ...] = (),
) -> tuple[tuple[ScanAnalysis, ...], tuple[Change, ...]]:
    """Compare all scans, and give each region one name through all of them.

    Args:
        scans: Oldest first.
        settings: How to compare.
        known: Scans of an earlier answer; their regions keep their names.

    Returns:
        The scans with their regions renamed; and the changes of neighbouring
        pairs in order, then of each later scan against the first.
    """
    chosen = settings or CompareSettings()
    pairs = tuple(
        compare_pair(scans[n], scans[m], settings=chosen) for n, m in pairs_of(len(scans))
    )
    identities = identify_regions(scans, pairs, settings=chosen.match, known=known)
    renamed = tuple(
        _rename_scan(scan, names, chosen) for scan, names in zip(scans, identities, strict=True)
    )
    position = {scan.index: n for n, scan in enumerate(scans)}
    changes = tuple(
        _rename_change(
            pair, identities[position[pair.before.index]], identities[position[pair.after.index]]
        )
        for pair in pairs
    )
    return renamed, changes


def pairs_of(count: int) -> list[tuple[int, int]]:
    """Neighbouring pairs, then each later scan against the first.

    Examples:
        >>> pairs_of(4)
        [(0, 1), (1, 2), (2, 3), (0, 2), (0, 3)]
    """
    return [*pairwise(range(count)), *((0, later) for later in range(2, count))]


def _rename_scan(
    scan: ScanAnalysis, names: dict[str, Identity], settings: CompareSettings
) -> ScanAnalysis:
    regions = tuple(
        replace(
            region,
            id=names[region.id].name,
            ancestors=names[region.id].ancestors,
            repeat_ml=settings.limits.range_ml(region.volume_ml),
        )
        for region in scan.regions
    )
    return replace(scan, regions=regions)


def _rename_change(pair: Pair, before: dict[str, Identity], after: dict[str, Identity]) -> Change:
    return replace(
        pair.change,
        events=tuple(_rename_event(event, before, after) for event in pair.change.events),
    )


def _rename_event(event: Event, before: dict[str, Identity], after: dict[str, Identity]) -> Event:
    return replace(
        event,
        before=tuple(before[name].name for name in event.before),
        after=tuple(after[name].name for name in event.after),
    )
