"""What each section of the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Analysis, EventKind, InputFile
from eupnea.note import Severity
from eupnea.write.document import (
    AnalysisDocument,
    ChangeDocument,
    EventDocument,
    NoteDocument,
    RegionDocument,
    ScanDocument,
)
from eupnea.write.report.picture import Picture, picture, trend_picture
from eupnea.write.report.places import PairPlace, Sections, pair_places, scan_places
from eupnea.write.report.words import GLYPHS, day

Trend = NDArray[np.int8] | None
"""Where tissue worsened (1) and recovered (-1), on the later scan's grid."""

ORDER = (
    EventKind.NEW,
    EventKind.GROWN,
    EventKind.SPLIT,
    EventKind.MERGED,
    EventKind.SHRUNK,
    EventKind.RESOLVED,
    EventKind.STABLE,
)
"""Events in the order that matters to a reader."""

ROWS = 12
"""Longest table; what follows is summed up, and stands in the CSV files."""

STABLE_ROWS = 3
"""Most stable regions in a table of events."""

AXIAL_PICTURES = 2
"""Most axial pictures of one scan."""

SHOWN_PX = {"coronal": 610, "axial": 400, "pair": 505, "triple": 335}
"""Widths at which the style sheet shows pictures on a wide screen."""

PAIRS = 3
"""Most pairs of pictures for one change."""

PAIR_BUDGET = 12
"""Most pairs of pictures in one report, so that it stays light."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A note, and the scans or changes that it is about."""

    about: tuple[str, ...]
    note: NoteDocument


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One event, in the earlier and in the later scan."""

    event: EventDocument
    before: Picture
    after: Picture
    trend: Picture | None
    """The later section again, with the tissue that worsened and that recovered."""


@dataclass(frozen=True, kw_only=True)
class ChangeSection:
    """What changed between two scans."""

    change: ChangeDocument
    earlier: ScanDocument
    later: ScanDocument
    pairs: tuple[Pair, ...]
    events: tuple[EventDocument, ...]
    more: tuple[EventDocument, ...]
    """Events beyond the longest table, and most of what is stable."""
    is_neighbouring: bool


@dataclass(frozen=True, kw_only=True)
class ScanSection:
    """What was found in one scan."""

    scan: ScanDocument
    pictures: tuple[Picture, ...]
    regions: tuple[RegionDocument, ...]
    more: tuple[RegionDocument, ...]
    """Regions beyond the longest table."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """One region through all scans."""

    id: str
    zone: str
    volumes_ml: tuple[float | None, ...]
    """For each scan; `None` where the region is not there."""
    largest_ml: float


@dataclass(frozen=True, kw_only=True)
class FileGroup:
    """Input files that met the same fate."""

    used: bool
    reason: str
    count: int
    example: str


def change_sections(analysis: Analysis, document: AnalysisDocument) -> tuple[ChangeSection, ...]:
    """A section per change; pictures for neighbouring scans only."""
    views = [Sections(found) for found in analysis.scans]
    trends = [change.trend for change in analysis.changes]
    neighbours = sum(change.after - change.before == 1 for change in document.changes)
    limit = max(1, min(PAIRS, PAIR_BUDGET // max(neighbours, 1)))
    return tuple(
        _change_section(document, views, change, limit, trend)
        for change, trend in zip(document.changes, trends, strict=True)
    )


def scan_sections(analysis: Analysis, document: AnalysisDocument) -> tuple[ScanSection, ...]:
    """A section per scan: a coronal picture, and axial ones beside it."""
    return tuple(
        ScanSection(
            scan=scan,
            pictures=tuple(
                picture(found, place, shown_px=SHOWN_PX[place.plane])
                for place in scan_places(Sections(found), count=AXIAL_PICTURES)
            ),
            regions=scan.regions[:ROWS],
            more=scan.regions[ROWS:],
        )
        for found, scan in zip(analysis.scans, document.scans, strict=True)
    )


def courses(document: AnalysisDocument) -> tuple[Course, ...]:
    """Every region through all scans, the largest first."""
    names = dict.fromkeys(region.id for scan in document.scans for region in scan.regions)
    tables = [{region.id: region for region in scan.regions} for scan in document.scans]
    found = (_course(name, tables) for name in names)
    return tuple(sorted(found, key=lambda course: -course.largest_ml))


def shown_events(
    events: Sequence[EventDocument],
) -> tuple[tuple[EventDocument, ...], tuple[EventDocument, ...]]:
    """Events for the table, and those that it only sums up.

    New first, stable last; within a kind, the largest difference first. Of the
    stable, a few of the largest.
    """
    ordered = sorted(events, key=_importance)
    moved = [event for event in ordered if event.kind is not EventKind.STABLE]
    stable = [event for event in ordered if event.kind is EventKind.STABLE]
    shown = [*moved[:ROWS], *stable[:STABLE_ROWS]]
    return tuple(shown), (*moved[ROWS:], *stable[STABLE_ROWS:])


def remarks(document: AnalysisDocument, *severities: Severity) -> tuple[Remark, ...]:
    """The notes of all scans and changes that are so severe, each once, in order of time."""
    dates = [day(scan.acquired_at) for scan in document.scans]
    about: dict[NoteDocument, list[str]] = {}
    for scan in document.scans:
        for note in scan.notes:
            about.setdefault(note, []).append(dates[scan.index])
    for change in document.changes:
        for note in change.notes:
            pair = f"{dates[change.before]} \N{RIGHTWARDS ARROW} {dates[change.after]}"
            about.setdefault(note, []).append(pair)
    return tuple(
        Remark(about=tuple(subjects), note=note)
        for severity in severities
        for note, subjects in about.items()
        if note.severity is severity
    )


def file_groups(files: Sequence[InputFile]) -> tuple[FileGroup, ...]:
    """Input files by their fate, used ones first."""
    tally = Counter((file.used, file.reason) for file in files)
    examples = {(file.used, file.reason): file.path for file in reversed(files)}
    return tuple(
        FileGroup(used=key[0], reason=key[1], count=count, example=examples[key])
        for key, count in sorted(tally.items(), key=lambda item: (not item[0][0], item[0][1]))
    )


def _change_section(
    document: AnalysisDocument,
    views: list[Sections],
    change: ChangeDocument,
    limit: int,
    trend: Trend,
) -> ChangeSection:
    is_neighbouring = change.after - change.before == 1
    earlier, later = views[change.before], views[change.after]
    places = pair_places(earlier, later, change, limit=limit) if is_neighbouring else ()
    events, more = shown_events(change.events)
    return ChangeSection(
        change=change,
        earlier=document.scans[change.before],
        later=document.scans[change.after],
        pairs=tuple(_pair(earlier, later, change, place, trend) for place in places),
        events=events,
        more=more,
        is_neighbouring=is_neighbouring,
    )


def _pair(
    earlier: Sections, later: Sections, change: ChangeDocument, place: PairPlace, trend: Trend
) -> Pair:
    before = {name: event.kind.value for event in change.events for name in event.before}
    after = {name: event.kind.value for event in change.events for name in event.after}
    texts = {
        name: f"{name} {GLYPHS[event.kind]}" for event in change.events for name in event.after
    }
    width = SHOWN_PX["pair"] if trend is None else SHOWN_PX["triple"]
    return Pair(
        event=place.event,
        before=picture(earlier.found, place.before, shown_px=width, styles=before),
        after=picture(later.found, place.after, shown_px=width, styles=after, texts=texts),
        trend=None
        if trend is None
        else trend_picture(later.found, place.after, trend, shown_px=width),
    )


def _course(name: str, tables: list[dict[str, RegionDocument]]) -> Course:
    present = [table.get(name) for table in tables]
    volumes = tuple(region.volume_ml if region else None for region in present)
    return Course(
        id=name,
        zone=next(region.zone for region in reversed(present) if region),
        volumes_ml=volumes,
        largest_ml=max(volume for volume in volumes if volume is not None),
    )


def _importance(event: EventDocument) -> tuple[int, float]:
    if event.kind is EventKind.STABLE:
        return ORDER.index(event.kind), -event.volume_after_ml
    return ORDER.index(event.kind), -abs(event.volume_after_ml - event.volume_before_ml)
