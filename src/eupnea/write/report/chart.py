"""Volumes and shares over time, laid out for the template to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eupnea.write.document import AnalysisDocument, ScanDocument
from eupnea.write.report.words import day, millilitres, share

WIDTH, HEIGHT = 480, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 40, 26, 34
DATE_WIDTH = 74
"""Room that a date needs under the axis."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A place on an axis, and its text."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """A measured value, with the range that its method allows."""

    x: float
    y: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A filled area under a line."""

    style: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One panel, in pixels of its own view."""

    title: str
    levels: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    layers: tuple[Layer, ...]
    points: tuple[Point, ...]
    line: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def share_chart(document: AnalysisDocument) -> Chart:
    """The abnormal share of the organ at each scan."""
    scans = document.scans
    bounds = [_interval(scan) for scan in scans]
    top = max(
        100 * max([scan.abnormal.fraction, *(b or ())])
        for scan, b in zip(scans, bounds, strict=True)
    )
    levels = _levels(top)
    x, scale = _x_positions(scans), _Scale(top=levels[-1])
    points = tuple(
        Point(
            x=at,
            y=scale(100 * scan.abnormal.fraction),
            text=share(scan.abnormal.fraction),
            low=scale(100 * bound[0]) if bound else None,
            high=scale(100 * bound[1]) if bound else None,
        )
        for at, scan, bound in zip(x, scans, bounds, strict=True)
    )
    return Chart(
        title="Abnormal share, %",
        levels=tuple(Tick(at=scale(level), text=f"{level:g}") for level in levels),
        dates=_dates(scans, x),
        layers=(),
        points=points,
        line=_polyline([(point.x, point.y) for point in points]),
    )


def volume_chart(document: AnalysisDocument) -> Chart:
    """Normal and abnormal volume, one on the other, at each scan."""
    scans = document.scans
    levels = _levels(max(scan.roi.volume_ml for scan in scans))
    x, scale = _x_positions(scans), _Scale(top=levels[-1])
    floor = [scale(0.0)] * len(scans)
    normal = [scale(scan.normal.volume_ml) for scan in scans]
    whole = [scale(scan.roi.volume_ml) for scan in scans]
    return Chart(
        title="Volume, ml",
        levels=tuple(Tick(at=scale(level), text=f"{level:,g}") for level in levels),
        dates=_dates(scans, x),
        layers=(
            Layer(style="normal", path=_band(x, floor, normal)),
            Layer(style="abnormal", path=_band(x, normal, whole)),
        ),
        points=tuple(
            Point(x=at, y=y, text=millilitres(scan.roi.volume_ml))
            for at, y, scan in zip(x, whole, scans, strict=True)
        ),
        line=_polyline(list(zip(x, whole, strict=True))),
    )


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """From a value to its height in the panel."""

    top: float

    def __call__(self, value: float) -> float:
        span = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - span * value / self.top, 1)


def _interval(scan: ScanDocument) -> tuple[float, float] | None:
    """The abnormal share's range, as its volume's range allows."""
    if scan.abnormal.interval_ml is None or not scan.roi.volume_ml:
        return None
    low, high = scan.abnormal.interval_ml
    return low / scan.roi.volume_ml, high / scan.roi.volume_ml


def _levels(top: float) -> list[float]:
    """Three to six round values from zero to the first that is not below the top."""
    rough = max(top, 0.1) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough)
    return [round(n * step, 6) for n in range(math.ceil(max(top, 0.1) / step - 1e-9) + 1)]


def _x_positions(scans: Sequence[ScanDocument]) -> list[float]:
    """Places in proportion to the time between the scans."""
    start, end = scans[0].acquired_at, scans[-1].acquired_at
    span = (end - start).total_seconds() or 1.0
    left, right = LEFT + 22, WIDTH - RIGHT - 22
    return [
        round(left + (right - left) * (scan.acquired_at - start).total_seconds() / span, 1)
        for scan in scans
    ]


def _dates(scans: Sequence[ScanDocument], x: Sequence[float]) -> tuple[Tick, ...]:
    """Dates under the axis; the first and last always, others where there is room."""
    kept = [Tick(at=x[0], text=day(scans[0].acquired_at))]
    last = Tick(at=x[-1], text=day(scans[-1].acquired_at))
    for scan, at in zip(scans[1:-1], x[1:-1], strict=True):
        if at - kept[-1].at >= DATE_WIDTH and last.at - at >= DATE_WIDTH:
            kept.append(Tick(at=at, text=day(scan.acquired_at)))
    return (*kept, last) if len(scans) > 1 else tuple(kept)


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _band(x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> str:
    """A closed polygon between two lines."""
    up = list(zip(x, high, strict=True))
    down = list(zip(x, low, strict=True))[::-1]
    return _polyline([*up, *down])
