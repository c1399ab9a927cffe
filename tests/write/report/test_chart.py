"""Charts over time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from eupnea.analysis import Analysis
from eupnea.write.document import AnalysisDocument
from eupnea.write.report.chart import overview_charts, round_levels
from support.hand_made import START


def test_time_runs_to_scale(analysis: Analysis) -> None:
    """Points lie as far apart as their scans do in time."""
    points = overview_charts(AnalysisDocument.of(analysis))[0].points
    first, second, third = (point.x for point in points)
    assert (second - first) / (third - first) == pytest.approx(41 / 117, abs=0.01)


def test_higher_is_more(analysis: Analysis) -> None:
    """A larger share lies higher, inside its whisker."""
    points = overview_charts(AnalysisDocument.of(analysis))[0].points
    assert points[1].y < points[0].y < points[2].y
    for point in points:
        assert point.low is not None
        assert point.high is not None
        assert point.high <= point.y <= point.low


@pytest.mark.parametrize("top", [0.0, 0.04, 0.1, 3.7, 10.0, 99.0, 6239.0])
def test_levels_are_few_and_reach_the_top(top: float) -> None:
    """An axis has three to six evenly spaced levels, from zero to at least the top."""
    levels = round_levels(top)
    assert 3 <= len(levels) <= 6
    assert levels[0] == 0
    assert levels[-1] >= top
    steps = {round(b - a, 6) for a, b in itertools.pairwise(levels)}
    assert len(steps) == 1


def test_dates_have_room(analysis: Analysis) -> None:
    """Dates under the axis never overlap; the first and the last are always there."""
    dates = overview_charts(AnalysisDocument.of(analysis))[2].dates
    assert (dates[0].text, dates[-1].text) == ("5 Mar 2020", "30 Jun 2020")
    assert all(b.at - a.at > 60 for a, b in itertools.pairwise(dates))


def test_no_interval_no_whisker(analysis: Analysis) -> None:
    """A method that gives no interval gets points alone."""
    scans = tuple(
        replace(scan, abnormal=replace(scan.abnormal, interval_ml=None)) for scan in analysis.scans
    )
    charts = overview_charts(AnalysisDocument.of(replace(analysis, scans=scans)))
    assert all(point.low is None for chart in charts for point in chart.points)


def test_values_that_would_touch_are_left_out(analysis: Analysis) -> None:
    """Of scans a day apart, only the ends of the time line are written out."""
    scans = tuple(
        replace(scan, scan=replace(scan.scan, acquired_at=START + timedelta(days=day)))
        for scan, day in zip(analysis.scans, (0, 1, 300), strict=True)
    )
    document = AnalysisDocument.of(replace(analysis, scans=scans))
    texts = [point.text for point in overview_charts(document)[1].points]
    assert [bool(text) for text in texts] == [True, False, True]
