"""Two scans, compared: events, attributes, tissue and notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eupnea.analysis import AlignmentLevel, Change, EventKind, ScanAnalysis
from eupnea.compare import CompareSettings, compare_scans
from eupnea.compare.alignment import Alignment
from eupnea.compare.attributes import abnormal_change
from eupnea.compare.breath import mass_g
from eupnea.compare.pair import compare_aligned
from eupnea.geometry import Geometry
from eupnea.scan import Acquisition
from support.drawn_scans import GRID, Box, analysis_of, boxes, shifted, still

BIG: Box = ((3, 3, 3), (10, 10, 10))
SETTINGS = CompareSettings()


def _change(
    before: ScanAnalysis, after: ScanAnalysis, alignment: Alignment | None = None
) -> Change:
    return compare_aligned(before, after, alignment or still(), settings=SETTINGS).change


def _drawn(*parts: Box, index: int = 0) -> ScanAnalysis:
    return analysis_of(boxes(*parts), index=index)


def _kinds(before: list[Box], after: list[Box]) -> list[EventKind]:
    change = _change(_drawn(*before), _drawn(*after, index=1))
    return [event.kind for event in change.events]


ONE: Box = ((3, 3, 3), (6, 6, 6))
WIDE: Box = ((3, 3, 3), (6, 6, 20))
LEFT: Box = ((3, 3, 3), (6, 6, 8))
RIGHT: Box = ((3, 3, 14), (6, 6, 9))
GROWN: Box = ((3, 3, 3), (8, 8, 8))
ALIKE: Box = ((3, 3, 3), (6, 6, 7))
AWAY: Box = ((12, 18, 25), (5, 5, 5))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([], [ONE], [EventKind.NEW]),
        ([ONE], [], [EventKind.RESOLVED]),
        ([ONE], [GROWN], [EventKind.GROWN]),
        ([GROWN], [ONE], [EventKind.SHRUNK]),
        ([ONE], [ALIKE], [EventKind.STABLE]),
        ([LEFT, RIGHT], [WIDE], [EventKind.MERGED]),
        ([WIDE], [LEFT, RIGHT], [EventKind.SPLIT]),
        ([ONE], [AWAY], [EventKind.RESOLVED, EventKind.NEW]),
        ([LEFT, RIGHT], [LEFT, RIGHT], [EventKind.STABLE, EventKind.STABLE]),
    ],
    ids=["new", "resolved", "grown", "shrunk", "stable", "merged", "split", "moved", "unchanged"],
)
def test_drawn_histories_get_their_names(
    before: list[Box], after: list[Box], kinds: list[EventKind]
) -> None:
    """Largest first."""
    assert _kinds(before, after) == kinds


def test_a_crumb_makes_no_split() -> None:
    """A part below 2 % of the group, or below 30 mm3, is not a part to speak of."""
    crumb: Box = ((3, 3, 14), (1, 1, 2))
    assert _kinds([WIDE], [((3, 3, 3), (6, 6, 10)), crumb]) == [EventKind.SHRUNK]


def test_an_event_carries_volumes_limit_and_places() -> None:
    """Measured in each scan's own space."""
    event = _change(_drawn(ONE), _drawn(GROWN, index=1)).events[0]
    assert event.volume_before_ml == pytest.approx(6**3 * 0.008)
    assert event.volume_after_ml == pytest.approx(8**3 * 0.008)
    assert event.change_percent == pytest.approx(100 * (8**3 / 6**3 - 1))
    assert event.limit_percent == pytest.approx(25)
    assert event.beyond_repeatability
    assert event.centroid_before_mm == pytest.approx((11, 11, 11))
    assert event.centroid_after_mm == pytest.approx((13, 13, 13))


def test_a_new_region_has_a_place_in_the_earlier_scan() -> None:
    """Carried over by the alignment, so that both scans can be looked at; likewise resolved."""
    alignment = shifted(4.0, 0.0, 2.0)
    new = _change(_drawn(), _drawn(ONE, index=1), alignment).events[0]
    assert new.centroid_before_mm == pytest.approx((7, 11, 9))
    gone = _change(_drawn(ONE), _drawn(index=1), alignment).events[0]
    assert gone.centroid_after_mm == pytest.approx((15, 11, 13))


def test_exchanging_the_scans_reverses_the_history() -> None:
    """New becomes resolved, merged split, grown shrunk; stable stays."""
    reverse = {
        EventKind.NEW: EventKind.RESOLVED,
        EventKind.GROWN: EventKind.SHRUNK,
        EventKind.MERGED: EventKind.SPLIT,
        EventKind.STABLE: EventKind.STABLE,
    }
    reverse |= {value: key for key, value in reverse.items()}
    first = _drawn(LEFT, RIGHT, ((12, 3, 3), (4, 4, 4)), ((12, 12, 12), (4, 4, 4)))
    second = _drawn(WIDE, ((12, 12, 12), (6, 6, 6)), ((12, 22, 30), (4, 4, 4)), index=1)
    forth = _change(first, second).events
    back = _change(second, first).events
    assert {EventKind.MERGED, EventKind.NEW, EventKind.GROWN} <= {event.kind for event in forth}
    assert sorted((reverse[e.kind], e.before, e.after) for e in forth) == sorted(
        (e.kind, e.after, e.before) for e in back
    )


def test_the_abnormal_change_is_the_rois_minus_the_normal_ones() -> None:
    """In ml, exactly."""
    change = _change(_drawn(ONE), _drawn(GROWN, index=1))
    assert change.abnormal.volume_change_ml == pytest.approx(
        change.roi.volume_change_ml - change.normal.volume_change_ml
    )
    assert change.abnormal.beyond_repeatability
    assert change.roi.volume_change_percent == pytest.approx(0)


def test_volumes_that_contradict_each_other_are_not_reported() -> None:
    """An abnormal volume that is not roi minus normal stops everything."""
    good = _drawn(ONE, index=1)
    wrong = replace(good, abnormal=replace(good.abnormal, volume_ml=99.0))
    with pytest.raises(ArithmeticError, match="minus the normal"):
        abnormal_change(_drawn(), wrong, SETTINGS.limits)


def test_no_percentage_of_nothing() -> None:
    """The abnormal region of a healthy scan has no percentage to change by."""
    assert _change(_drawn(), _drawn(ONE, index=1)).abnormal.volume_change_percent is None


def test_tissue_is_followed_in_both_directions() -> None:
    """The table counts the earlier scan's ml; the trend colours the later one."""
    change = _change(_drawn(ONE), _drawn(((3, 3, 6), (6, 6, 6)), index=1))
    assert change.transitions is not None
    names, table = change.transitions.names, np.array(change.transitions.volume_ml)
    normal, glass = names.index("normal"), names.index("ground_glass")
    assert table[glass, glass] == pytest.approx(6 * 6 * 3 * 0.008)
    assert table[glass, normal] == table[normal, glass] == pytest.approx(6 * 6 * 3 * 0.008)
    assert change.trend is not None
    assert (change.trend[3:9, 3:9, 9:12] == 1).all()
    assert (change.trend[3:9, 3:9, 3:6] == -1).all()
    assert np.count_nonzero(change.trend) == 2 * 6 * 6 * 3


def test_consolidation_is_worse_than_ground_glass() -> None:
    """The same region, denser."""
    change = _change(analysis_of(boxes(ONE), hu=-400), analysis_of(boxes(ONE), hu=-20, index=1))
    assert change.trend is not None
    assert (change.trend[3:9, 3:9, 3:9] == 1).all()


def test_mass_leaves_the_air_out() -> None:
    """Half water, half air weighs half."""
    scan = analysis_of(boxes(ONE), hu=-500)
    assert mass_g(scan.scan, scan.abnormal.mask) == pytest.approx(6**3 * 0.008 / 2)


def _breathed(ratio: float) -> tuple[ScanAnalysis, ScanAnalysis]:
    """One lung twice: its volume grows by `ratio`, and its mass stays."""
    wide = Geometry.regular(shape=GRID.shape, spacing_mm=(2.0 * ratio, 2.0, 2.0))
    thin = round((1000 - 400) / ratio - 1000)
    return analysis_of(boxes(BIG)), analysis_of(boxes(BIG), index=1, hu=thin, geometry=wide)


@pytest.mark.parametrize(
    ("ratio", "flagged"), [(1.14, False), (1.16, True), (0.86, False), (0.84, True)]
)
def test_mass_stays_within_three_percent_while_volume_breathes(
    ratio: float, *, flagged: bool
) -> None:
    """The volumes follow the breath, the abnormal mass does not; beyond 15 % a note says so."""
    before, after = _breathed(ratio)
    change = _change(before, after, still(GRID, after.scan.geometry))
    assert change.breath is not None
    assert change.breath.volume_ratio == pytest.approx(ratio)
    masses = change.breath.abnormal_mass_before_g, change.breath.abnormal_mass_after_g
    assert masses[1] == pytest.approx(masses[0], rel=0.03)
    codes = [note.code for note in change.notes]
    assert ("COMPARABILITY_BREATH" in codes) is flagged


def test_air_below_its_place_on_the_scale_is_the_zero_of_mass() -> None:
    """Emphysema of a scan whose air reads -1040 weighs little, and not less than nothing."""
    scan = analysis_of(boxes(ONE), hu=-1015)
    volume_ml = scan.abnormal.volume_ml
    assert mass_g(scan.scan, scan.abnormal.mask) < 0
    true_g = volume_ml * (1 - 1015 / 1040)
    assert mass_g(scan.scan, scan.abnormal.mask, -1040.0) == pytest.approx(true_g)
    for usual in (None, -1000.0, -1025.0, -950.0):
        assert mass_g(scan.scan, scan.abnormal.mask, usual) < 0


@pytest.mark.parametrize(
    ("air", "hu", "said", "impossible"),
    [
        (-1040.0, -1015, True, False),
        (-960.0, -400, True, False),
        (-1010.0, -400, False, False),
        (None, -400, False, False),
        (None, -1015, True, True),
    ],
)
def test_masses_on_a_scale_that_is_off_are_flagged(
    air: float | None, hu: int, *, said: bool, impossible: bool
) -> None:
    """Whether air says so, or a mass below zero does."""
    before = analysis_of(boxes(ONE))
    after = replace(analysis_of(boxes(ONE), hu=hu, index=1), air_hu=air)
    texts = [n.text for n in _change(before, after).notes if n.code == "COMPARABILITY_AIR"]
    assert len(texts) == said
    assert any("below zero" in text for text in texts) is impossible


def test_breath_is_reported_and_flagged() -> None:
    """Beyond 0.85 to 1.15 the pair carries a warning; within, none."""
    small = _drawn(ONE)
    voxels = small.roi.mask.voxels.copy()
    voxels[:5] = False
    kept = replace(small.normal.mask, voxels=voxels & ~small.abnormal.mask.voxels)
    ml = GRID.voxel_volume_ml
    shallow = replace(
        _drawn(ONE, index=1),
        roi=replace(
            small.roi,
            mask=replace(small.roi.mask, voxels=voxels | small.abnormal.mask.voxels),
            volume_ml=kept.volume_ml + small.abnormal.volume_ml,
        ),
        normal=replace(small.normal, mask=kept, volume_ml=kept.voxel_count * ml),
    )
    change = _change(small, shallow)
    assert change.breath is not None
    assert change.breath.volume_ratio < 0.85
    assert change.breath.abnormal_mass_before_g == change.breath.abnormal_mass_after_g
    assert "COMPARABILITY_BREATH" in [note.code for note in change.notes]
    assert _change(small, _drawn(ONE, index=1)).notes == ()


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ({"kernel": "B31f"}, {"kernel": "B70f"}, "COMPARABILITY_KERNEL"),
        (
            {"slice_thickness_mm": 1.0},
            {"slice_thickness_mm": 3.0},
            "COMPARABILITY_THICKNESS",
        ),
        ({"contrast": False}, {"contrast": True}, "COMPARABILITY_CONTRAST"),
        ({"contrast": True}, {}, "COMPARABILITY_CONTRAST"),
        ({"tube_voltage_kv": 120.0}, {"tube_voltage_kv": 80.0}, "COMPARABILITY_VOLTAGE"),
    ],
)
def test_differences_of_acquisition_are_said(
    before: dict[str, object], after: dict[str, object], code: str
) -> None:
    """One note each; equal or unknown acquisitions pass in silence."""
    first = analysis_of(boxes(ONE), acquisition=Acquisition(**before))  # type: ignore[arg-type]
    second = analysis_of(
        boxes(ONE),
        index=1,
        acquisition=Acquisition(**after),  # type: ignore[arg-type]
    )
    assert [note.code for note in _change(first, second).notes] == [code]
    unknown = analysis_of(boxes(ONE), index=1)
    assert "KERNEL" not in str(_change(first, unknown).notes)


@pytest.mark.parametrize("level", [AlignmentLevel.AFFINE, AlignmentLevel.NONE])
def test_a_weak_alignment_is_said_and_a_failed_one_gives_no_events(level: AlignmentLevel) -> None:
    """Whole-organ figures stand alone then."""
    weak = still()
    weak = replace(weak, registration=replace(weak.registration, level=level))
    change = _change(_drawn(ONE), _drawn(GROWN, index=1), weak)
    assert [note.code for note in change.notes] == ["ALIGNMENT_WEAK"]
    assert bool(change.events) is (level is AlignmentLevel.AFFINE)
    assert (change.transitions is None) is (level is AlignmentLevel.NONE)
    assert change.abnormal.volume_change_ml > 0


def test_days_are_counted() -> None:
    """Thirty between neighbouring drawn scans."""
    assert _change(_drawn(ONE), _drawn(ONE, index=2)).days == 60


def test_two_scans_are_aligned_and_compared() -> None:
    """The whole way: a scan and itself is stable, and in place."""
    scan, again = _drawn(BIG), _drawn(BIG, index=1)
    change = compare_scans(scan, again)
    assert change.registration.level is not AlignmentLevel.NONE
    assert [event.kind for event in change.events] == [EventKind.STABLE]
