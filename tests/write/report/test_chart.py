"""Charts over time."""

from __future__ import annotations

import itertools

import pytest

from eupnea.analysis import Analysis
from eupnea.write.document import AnalysisDocument
from eupnea.write.report.chart import _levels, share_chart, volume_chart


def test_time_runs_to_scale(analysis: Analysis) -> None:
    """Points lie as far apart as their scans do in time."""
    points = share_chart(AnalysisDocument.of(analysis)).points
    first, second, third = (point.x for point in points)
    assert (second - first) / (third - first) == pytest.approx(41 / 117, abs=0.01)


def test_higher_is_more(analysis: Analysis) -> None:
    """A larger share lies higher, inside its whisker."""
    document = AnalysisDocument.of(analysis)
    points = share_chart(document).points
    assert points[1].y < points[0].y < points[2].y
    for point in points:
        assert point.low is not None
        assert point.high is not None
        assert point.high <= point.y <= point.low


@pytest.mark.parametrize("top", [0.0, 0.04, 0.1, 3.7, 10.0, 99.0, 6239.0])
def test_levels_are_few_and_reach_the_top(top: float) -> None:
    """An axis has three to six evenly spaced levels, from zero to at least the top."""
    levels = _levels(top)
    assert 3 <= len(levels) <= 6
    assert levels[0] == 0
    assert levels[-1] >= top
    steps = {round(b - a, 6) for a, b in itertools.pairwise(levels)}
    assert len(steps) == 1


def test_dates_have_room(analysis: Analysis) -> None:
    """Dates under the axis never overlap; the first and the last are always there."""
    document = AnalysisDocument.of(analysis)
    dates = volume_chart(document).dates
    assert (dates[0].text, dates[-1].text) == ("5 Mar 2020", "30 Jun 2020")
    assert all(b.at - a.at > 60 for a, b in itertools.pairwise(dates))
