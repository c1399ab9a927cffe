"""What each section of the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Analysis, EventKind, InputFile
from eupnea.band import BandName
from eupnea.note import Severity
from eupnea.write.document import (
    AnalysisDocument,
    ChangeDocument,
    EventDocument,
    NoteDocument,
    RegionDocument,
    ScanDocument,
)
from eupnea.write.report.curve import Curve, volume_curve
from eupnea.write.report.follow import Follower
from eupnea.write.report.history import LEADING_SHARE, Family
from eupnea.write.report.picture import Picture, picture, trend_picture
from eupnea.write.report.places import NOTABLE_ML, PairPlace, Sections, pair_places, scan_places
from eupnea.write.report.strip import Crop, strip
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

SHOWN_PX = {"coronal": 610, "axial": 400, "pair": 505, "triple": 335, "crop": 205}
"""Widths at which the style sheet shows pictures on a wide screen."""

HISTORIES = 6
"""Most families of regions whose history is shown in pictures."""

CROPS = 4
"""Most pictures of one history."""

PAIRS = 3
"""Most pairs of pictures for one change."""

PAIR_BUDGET = 12
"""Most pairs of pictures in one report, so that it stays light."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """All notes of one code and severity."""

    code: str
    severity: Severity
    texts: Mapping[str, Sequence[str]]
    """Each text, and the scans or changes that it is about."""


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
class HistorySection:
    """What became of one family of regions."""

    family: Family
    crops: tuple[Crop, ...]
    curve: Curve


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


def history_sections(
    analysis: Analysis, document: AnalysisDocument, families: Sequence[Family]
) -> tuple[HistorySection, ...]:
    """A section for each of the families that matter most."""
    views = [Sections(found) for found in analysis.scans]
    follower = Follower(analysis)
    times = tuple(scan.acquired_at for scan in document.scans)
    notable = [family for family in families if max(family.totals_ml) >= NOTABLE_ML]
    return tuple(
        HistorySection(
            family=family,
            crops=strip(
                family,
                document,
                views,
                follower,
                scans=telling_scans(family, CROPS),
                shown_px=SHOWN_PX["crop"],
            ),
            curve=volume_curve(family, times),
        )
        for family in (notable or families)[:HISTORIES]
    )


def telling_scans(family: Family, count: int) -> list[int]:
    """The scans that tell a family's history best, in order of time.

    The first and the last; then the one in which it is largest; then those
    after the largest changes.
    """
    totals = family.totals_ml
    jumps = sorted(range(1, len(totals)), key=lambda n: (-abs(totals[n] - totals[n - 1]), n))
    ranked = dict.fromkeys((0, len(totals) - 1, family.peak, *jumps))
    return sorted(list(ranked)[:count])


def shown_events(
    events: Sequence[EventDocument],
) -> tuple[tuple[EventDocument, ...], tuple[EventDocument, ...]]:
    """Events for the table, and those that it only sums up.

    What holds nearly all of the abnormal lung leads. Then new first, stable
    last; within a kind, the largest difference first. Of the stable, a few of
    the largest.
    """
    whole = sum(map(_volumes, events))
    leading = [event for event in events if _volumes(event) >= LEADING_SHARE * whole > 0]
    ordered = sorted((event for event in events if event not in leading), key=_importance)
    moved = [event for event in ordered if event.kind is not EventKind.STABLE]
    stable = [event for event in ordered if event.kind is EventKind.STABLE]
    shown = [*leading, *moved[:ROWS], *stable[:STABLE_ROWS]]
    return tuple(shown), (*moved[ROWS:], *stable[STABLE_ROWS:])


def tissue_change(before: str, after: str) -> str:
    """Whether tissue of one kind that became another is better or worse for it.

    Normal tissue is best, and consolidated tissue, which holds no air, worst;
    between the other kinds there is no order.

    Examples:
        >>> tissue_change("ground_glass", "consolidated"), tissue_change("other", "ground_glass")
        ('worsened', '')
    """
    if before == after:
        return "kept"
    if "normal" in (before, after):
        return "recovered" if after == "normal" else "worsened"
    if BandName.CONSOLIDATED in (before, after):
        return "recovered" if before == BandName.CONSOLIDATED else "worsened"
    return ""


def remarks(document: AnalysisDocument, *severities: Severity) -> tuple[Remark, ...]:
    """The notes of all scans and changes that are so severe, each once, in order of time."""
    gathered: dict[tuple[Severity, str], dict[str, list[str]]] = {}
    for about, note in _notes(document):
        texts = gathered.setdefault((note.severity, note.code), {})
        texts.setdefault(note.text, []).append(about)
    return tuple(
        Remark(code=code, severity=severity, texts=texts)
        for wanted in severities
        for (severity, code), texts in gathered.items()
        if severity is wanted
    )


def _notes(document: AnalysisDocument) -> Iterator[tuple[str, NoteDocument]]:
    """Each note, and what it is about."""
    dates = [day(scan.acquired_at) for scan in document.scans]
    for scan in document.scans:
        yield from ((dates[scan.index], note) for note in scan.notes)
    for change in document.changes:
        pair = f"{dates[change.before]} \N{RIGHTWARDS ARROW} {dates[change.after]}"
        yield from ((pair, note) for note in change.notes)


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


def _volumes(event: EventDocument) -> float:
    return event.volume_before_ml + event.volume_after_ml


def _importance(event: EventDocument) -> tuple[int, float]:
    if event.kind is EventKind.STABLE:
        return ORDER.index(event.kind), -event.volume_after_ml
    return ORDER.index(event.kind), -abs(event.volume_after_ml - event.volume_before_ml)
