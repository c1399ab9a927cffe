"""All scans of a patient: names that last, and what they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from eupnea.analysis import Change, EventKind, ScanAnalysis
from eupnea.compare import KnownScan, compare_timeline
from eupnea.compare.identity import identify_regions
from eupnea.compare.pair import Pair, compare_aligned
from eupnea.compare.settings import CompareSettings
from eupnea.compare.timeline import pairs_of
from support.drawn_scans import Box, analysis_of, boxes, still

LEFT: Box = ((3, 3, 3), (6, 6, 8))
RIGHT: Box = ((3, 3, 14), (6, 6, 9))
WIDE: Box = ((3, 3, 3), (6, 6, 20))
AWAY: Box = ((12, 18, 25), (5, 5, 5))
LOW: Box = ((13, 3, 3), (4, 4, 4))
MOST: Box = ((3, 3, 3), (6, 6, 14))
BIT: Box = ((3, 3, 19), (6, 6, 2))


def _timeline(*scans: Sequence[Box]) -> tuple[ScanAnalysis, ...]:
    return tuple(analysis_of(boxes(*parts), index=n) for n, parts in enumerate(scans))


@pytest.fixture(autouse=True)
def _scans_lie_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn scans have no tissue to align by, and need none."""

    def compare(before: ScanAnalysis, after: ScanAnalysis, *, settings: CompareSettings) -> Pair:
        return compare_aligned(before, after, still(), settings=settings)

    monkeypatch.setattr("eupnea.compare.timeline.compare_pair", compare)


def _named(scan: ScanAnalysis) -> dict[tuple[float, ...], str]:
    return {tuple(round(x) for x in region.centroid_mm): region.id for region in scan.regions}


def test_a_region_keeps_its_name_through_all_scans() -> None:
    """Grown, shrunk or stable: it is one region."""
    scans, _ = compare_timeline(_timeline([LEFT, AWAY], [AWAY, MOST], [LEFT, AWAY]))
    names = [_named(scan) for scan in scans]
    away = {name for scan in names for place, name in scan.items() if place == (54, 40, 28)}
    assert away == {"R2"}
    assert [set(scan.values()) for scan in names] == [{"R1", "R2"}] * 3


def test_a_region_that_was_gone_for_a_while_is_itself_again() -> None:
    """The comparison with the first scan knows it."""
    scans, changes = compare_timeline(_timeline([LEFT], [], [LEFT]))
    assert [region.id for region in scans[2].regions] == ["R1"]
    assert [event.kind for event in changes[1].events] == [EventKind.NEW]
    assert [event.kind for event in changes[2].events] == [EventKind.STABLE]


def test_an_even_split_gives_new_names_with_an_ancestor() -> None:
    """Neither half is the old region."""
    scans, changes = compare_timeline(_timeline([WIDE], [LEFT, RIGHT]))
    halves = scans[1].regions
    assert {region.id for region in halves} == {"R2", "R3"}
    assert all(region.ancestors == ("R1",) for region in halves)
    assert changes[0].events[0].before == ("R1",)
    assert set(changes[0].events[0].after) == {"R2", "R3"}


def test_the_part_that_carries_on_four_fifths_keeps_the_name() -> None:
    """A crumb breaks off; the region is still itself."""
    scans, _ = compare_timeline(_timeline([WIDE], [MOST, BIT]))
    main, crumb = scans[1].regions
    assert (main.id, main.ancestors) == ("R1", ())
    assert (crumb.id, crumb.ancestors) == ("R2", ("R1",))


def test_a_merged_region_remembers_both() -> None:
    """And so do its later selves."""
    scans, _ = compare_timeline(_timeline([LEFT, RIGHT], [WIDE], [WIDE]))
    for scan in scans[1:]:
        assert scan.regions[0].id == "R3"
        assert set(scan.regions[0].ancestors) == {"R1", "R2"}


BEFORE, BETWEEN, AFTER = [LEFT, RIGHT, LOW], [WIDE], [LEFT, RIGHT, AWAY]


def test_a_scan_added_between_two_others_renames_nothing() -> None:
    """Whatever it shows: here everything is merged for a while, and something is gone."""
    two, _ = compare_timeline(_timeline(BEFORE, AFTER))
    three, _ = compare_timeline(_timeline(BEFORE, BETWEEN, AFTER))
    assert _named(two[0]) == _named(three[0])
    assert _named(two[1]) == _named(three[2])
    assert not set(_named(three[1]).values()) & set(_named(two[0]).values())


def test_names_of_an_earlier_answer_are_kept() -> None:
    """Even where counting anew would give others."""
    early, late = _timeline([AWAY], [WIDE, AWAY])
    answered, _ = compare_timeline((late,))
    again, _ = compare_timeline((early, late), known=tuple(map(KnownScan.of, answered)))
    assert _named(again[1]) == _named(answered[0])
    assert again[0].regions[0].id == "R2"


def test_what_only_a_middle_scan_shows_keeps_its_name_too() -> None:
    """Given the answer that named it; counting anew may call it otherwise."""
    three, _ = compare_timeline(_timeline([WIDE], [WIDE, AWAY, LOW], [WIDE]))
    added = analysis_of(boxes(WIDE, LOW), index=1)
    day = replace(added.scan, acquired_at=three[1].scan.acquired_at - timedelta(days=3))
    moved = replace(three[1], index=2), replace(three[2], index=3)
    four = (three[0], replace(added, scan=day), *moved)
    known = tuple(map(KnownScan.of, three))
    again, _ = compare_timeline(four, known=known)
    assert _named(again[2]) == _named(three[1])
    anew, _ = compare_timeline(four)
    assert _named(anew[2]) != _named(three[1])


def test_scans_of_another_time_or_shape_give_no_names() -> None:
    """Only the same scan can hand its names on."""
    scans = _timeline([LEFT], [AWAY])
    stranger = analysis_of(boxes(LEFT), index=7)
    again, _ = compare_timeline(scans, known=(KnownScan.of(stranger),))
    assert [scan.regions[0].id for scan in again] == ["R1", "R2"]


def test_scans_that_could_not_be_compared_share_no_names() -> None:
    """Without a graph, every region is its own."""
    before, after = _timeline([LEFT], [LEFT])
    change: Change = compare_aligned(before, after, still(), settings=CompareSettings()).change
    pair = Pair(before=before, after=after, change=change, match=None)
    names = identify_regions((before, after), (pair,), settings=CompareSettings().match)
    assert [scan["R1"].name for scan in names] == ["R1", "R2"]


def test_each_later_scan_is_compared_with_the_first_too() -> None:
    """Neighbours in order, then the first with the rest."""
    _, changes = compare_timeline(_timeline([LEFT], [LEFT], [LEFT]))
    assert [(c.before, c.after) for c in changes] == pairs_of(3) == [(0, 1), (1, 2), (0, 2)]


def test_one_scan_has_no_changes() -> None:
    """Its regions are named by size."""
    scans, changes = compare_timeline(_timeline([LOW, WIDE]))
    assert changes == ()
    assert [region.id for region in scans[0].regions] == ["R1", "R2"]
