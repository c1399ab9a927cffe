"""Thin bridges join no regions, and cut none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eupnea.analysis import EventKind, ScanAnalysis
from eupnea.compare import CompareSettings, MatchSettings
from eupnea.compare.neck import count_across_necks
from eupnea.compare.pair import compare_aligned
from support.drawn_scans import Box, analysis_of, boxes, still

LEFT: Box = ((3, 5, 3), (8, 8, 8))
RIGHT: Box = ((3, 5, 18), (8, 8, 8))
FAR: Box = ((3, 18, 30), (8, 8, 8))
THIN: Box = ((6, 8, 11), (2, 2, 7))
PLATE: Box = ((3, 5, 11), (2, 8, 7))
THICK: Box = ((4, 6, 11), (5, 5, 7))


def _scan(*groups: tuple[Box, ...], index: int = 0) -> ScanAnalysis:
    """Each group of boxes is one region."""
    labels = boxes()
    for label, group in enumerate(groups, start=1):
        labels[boxes(*group) > 0] = label
    return analysis_of(labels, index=index)


def _kind(before: ScanAnalysis, after: ScanAnalysis, neck_mm: float = 4.0) -> EventKind:
    match = replace(MatchSettings(), neck_mm=neck_mm)
    change = compare_aligned(before, after, still(), settings=CompareSettings(match=match)).change
    (event,) = change.events
    return event.kind


@pytest.mark.parametrize(
    ("bridge", "joins"),
    [(THIN, False), (PLATE, False), (THICK, True)],
    ids=["two voxels", "a plate of two voxels", "five voxels"],
)
def test_only_a_thick_bridge_merges_and_splits(bridge: Box, *, joins: bool) -> None:
    """In both directions of time; through a thin one the group stays what it was."""
    apart, joined = _scan((LEFT,), (RIGHT,)), _scan((LEFT, RIGHT, bridge), index=1)
    assert _kind(apart, joined) is (EventKind.MERGED if joins else EventKind.STABLE)
    assert _kind(joined, apart) is (EventKind.SPLIT if joins else EventKind.STABLE)


def test_how_thick_is_a_setting() -> None:
    """Ten millimetres are a neck to a reader who says so."""
    apart, joined = _scan((LEFT,), (RIGHT,)), _scan((LEFT, RIGHT, THICK), index=1)
    assert _kind(apart, joined, neck_mm=12.0) is EventKind.STABLE


def test_of_three_the_two_that_flow_together_have_merged() -> None:
    """A third, behind a thin bridge, does not hide it."""
    far_bridge: Box = ((6, 12, 22), (2, 2, 10))
    column: Box = ((6, 12, 31), (2, 7, 2))
    apart = _scan((LEFT,), (RIGHT,), (FAR,))
    joined = _scan((LEFT, RIGHT, THICK, FAR, far_bridge, column), index=1)
    assert _kind(apart, joined) is EventKind.MERGED


def test_a_region_without_a_core_is_not_called_apart() -> None:
    """A thread has no thick part: that it reached the other is all that is known."""
    thread: Box = ((6, 8, 14), (2, 2, 9))
    before, after = _scan((LEFT,), (thread,)), _scan((LEFT, THIN, thread), index=1)
    (region,) = after.regions
    assert count_across_necks(region, before.regions, after, before, still(), 4.0) == 1
    (bare,) = _scan((thread,), index=1).regions
    only = _scan((thread,), index=1)
    assert count_across_necks(bare, before.regions, only, before, still(), 4.0) == 1
