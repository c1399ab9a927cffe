"""Volumes and shares over time, laid out for the template to draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eupnea.write.document import AnalysisDocument
from eupnea.write.report.words import day, millilitres, share

DATE_WIDTH = 74
"""Room that a date needs under the axis."""
VALUE_WIDTH = 40
"""Room that a value needs above its point."""

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A place on an axis, and its text."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value at its place, with the range that it could also have had."""

    x: float
    y: float
    text: str
    """Empty where it would touch another."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A filled area under a line."""

    style: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The space of a panel, in pixels of its own view, and the time that it spans."""

    times: tuple[datetime, ...]
    """Of the scans, oldest first."""
    width: int = 336
    height: int = 230
    left: int = 46
    right: int = 306
    top: int = 34
    bottom: int = 196
    inset: int = 24
    """From the ends of the axis to the first and the last scan."""

    @property
    def x(self) -> list[float]:
        """Places in proportion to the time between the scans."""
        start, end = self.times[0], self.times[-1]
        span = (end - start).total_seconds() or 1.0
        low, high = self.left + self.inset, self.right - self.inset
        return [
            round(low + (high - low) * (time - start).total_seconds() / span, 1)
            for time in self.times
        ]

    def y(self, value: float, top: float) -> float:
        """The height of a value, where `top` is the axis' last level."""
        return round(self.bottom - (self.bottom - self.top) * value / top, 1)

    def dates(self) -> tuple[Tick, ...]:
        """Dates under the axis; the first and the last always, others where there is room."""
        x = self.x
        kept = with_room(x, DATE_WIDTH)
        return tuple(Tick(at=x[n], text=day(self.times[n])) for n in kept)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One panel."""

    title: str
    frame: Frame
    levels: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    layers: tuple[Layer, ...]
    points: tuple[Point, ...]
    line: str


def overview_charts(document: AnalysisDocument) -> tuple[Chart, ...]:
    """The abnormal share, the abnormal volume, and the whole organ, at each scan."""
    frame = Frame(times=tuple(scan.acquired_at for scan in document.scans))
    return (
        share_chart(document, frame),
        abnormal_chart(document, frame),
        volume_chart(document, frame),
    )


def share_chart(document: AnalysisDocument, frame: Frame) -> Chart:
    """The abnormal share of the organ."""
    scans = document.scans
    ranges = [
        (100 * low / scan.roi.volume_ml, 100 * high / scan.roi.volume_ml)
        if scan.abnormal.interval_ml and scan.roi.volume_ml
        else None
        for scan in scans
        for low, high in [scan.abnormal.interval_ml or (0.0, 0.0)]
    ]
    return line_chart(
        "Abnormal share, %",
        frame,
        [100 * scan.abnormal.fraction for scan in scans],
        ranges,
        word=lambda percent: share(percent / 100),
    )


def abnormal_chart(document: AnalysisDocument, frame: Frame) -> Chart:
    """The abnormal volume."""
    return line_chart(
        "Abnormal volume, ml",
        frame,
        [scan.abnormal.volume_ml for scan in document.scans],
        [scan.abnormal.interval_ml for scan in document.scans],
        word=millilitres,
    )


def volume_chart(document: AnalysisDocument, frame: Frame) -> Chart:
    """Normal and abnormal volume, one on the other."""
    scans = document.scans
    levels = round_levels(max(scan.roi.volume_ml for scan in scans))
    x, top = frame.x, levels[-1]
    floor = [frame.y(0.0, top)] * len(scans)
    normal = [frame.y(scan.normal.volume_ml, top) for scan in scans]
    whole = [frame.y(scan.roi.volume_ml, top) for scan in scans]
    texts = _texts(x, [millilitres(scan.roi.volume_ml) for scan in scans])
    return Chart(
        title="Whole volume, ml",
        frame=frame,
        levels=_ticks(frame, levels),
        dates=frame.dates(),
        layers=(
            Layer(style="normal", path=_band(x, floor, normal)),
            Layer(style="abnormal", path=_band(x, normal, whole)),
        ),
        points=tuple(
            Point(x=at, y=y, text=text) for at, y, text in zip(x, whole, texts, strict=True)
        ),
        line=_polyline(list(zip(x, whole, strict=True))),
    )


def line_chart(
    title: str,
    frame: Frame,
    values: Sequence[float],
    ranges: Sequence[Range | None],
    *,
    word: Callable[[float], str],
) -> Chart:
    """One value per scan, and its range where it is known.

    Args:
        title: What the values are, and their unit.
        frame: The panel.
        values: At each scan.
        ranges: Around each value.
        word: A value as text.
    """
    levels = round_levels(max([*values, *(bound[1] for bound in ranges if bound)]))
    top = levels[-1]
    texts = _texts(frame.x, [word(value) for value in values])
    points = tuple(
        Point(
            x=at,
            y=frame.y(value, top),
            text=text,
            low=frame.y(bound[0], top) if bound else None,
            high=frame.y(bound[1], top) if bound else None,
        )
        for at, value, text, bound in zip(frame.x, values, texts, ranges, strict=True)
    )
    return Chart(
        title=title,
        frame=frame,
        levels=_ticks(frame, levels),
        dates=frame.dates(),
        layers=(),
        points=points,
        line=_polyline([(point.x, point.y) for point in points]),
    )


def round_levels(top: float) -> list[float]:
    """Three to six round values from zero to the first that is not below the top."""
    rough = max(top, 0.1) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough)
    return [round(n * step, 6) for n in range(math.ceil(max(top, 0.1) / step - 1e-9) + 1)]


def with_room(x: Sequence[float], width: float) -> list[int]:
    """Which of some texts in a row can be shown: the ends, and what fits between.

    Examples:
        >>> with_room([0, 10, 50, 60, 100], 40)
        [0, 2, 4]
    """
    kept, last = [0], len(x) - 1
    for n in range(1, last):
        if x[n] - x[kept[-1]] >= width and x[last] - x[n] >= width:
            kept.append(n)
    return [*kept, last] if last else kept


def _texts(x: Sequence[float], words: Sequence[str]) -> list[str]:
    kept = with_room(x, VALUE_WIDTH)
    return [word if n in kept else "" for n, word in enumerate(words)]


def _ticks(frame: Frame, levels: Sequence[float]) -> tuple[Tick, ...]:
    top = levels[-1]
    return tuple(Tick(at=frame.y(level, top), text=f"{level:,g}") for level in levels)


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _band(x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> str:
    """A closed polygon between two lines."""
    up = list(zip(x, high, strict=True))
    down = list(zip(x, low, strict=True))[::-1]
    return _polyline([*up, *down])
