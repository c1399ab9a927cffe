"""The volume of one family of regions over time, and what happened between the scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from eupnea.analysis import EventKind
from eupnea.write.document import EventDocument
from eupnea.write.report.chart import Chart, Frame, line_chart
from eupnea.write.report.history import Family
from eupnea.write.report.words import GLYPHS, millilitres

WORD_WIDTH = 58
"""Room that an event's name needs; where there is less, its sign must do."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What happened between two scans, at its place on the axis of time.

    Of several events it is that of the largest regions.
    """

    start: float
    end: float
    kind: EventKind
    text: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The volume over time, and the events under it."""

    chart: Chart
    moments: tuple[Moment, ...]


def volume_curve(family: Family, times: tuple[datetime, ...]) -> Curve:
    """Lay out a family's volume and its events.

    The whiskers say what a repeat scan could have shown instead.
    """
    frame = Frame(times=times, height=214, bottom=158, top=28)
    chart = line_chart("ml", frame, family.totals_ml, family.ranges_ml, word=millilitres)
    steps = zip(pairwise(frame.x), family.events, strict=True)
    moments = (_moment(start, end, events) for (start, end), events in steps if events)
    return Curve(chart=chart, moments=tuple(moments))


def _moment(start: float, end: float, events: Sequence[EventDocument]) -> Moment:
    kind = max(events, key=lambda event: event.volume_before_ml + event.volume_after_ml).kind
    word = f"{GLYPHS[kind]} {kind.value}" if end - start >= WORD_WIDTH else GLYPHS[kind]
    return Moment(start=start, end=end, kind=kind, text=word)
