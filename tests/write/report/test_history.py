"""Families of regions, their lanes and their curves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eupnea.analysis import Analysis, EventKind
from eupnea.write.document import AnalysisDocument, EventDocument
from eupnea.write.report.curve import volume_curve
from eupnea.write.report.history import Family, Member, families
from eupnea.write.report.lanes import LANES, draw_lanes
from eupnea.write.report.sections import shown_events, telling_scans, tissue_change


def _event(kind: EventKind, before: tuple[str, ...], after: tuple[str, ...]) -> EventDocument:
    return EventDocument(
        kind=kind,
        before=before,
        after=after,
        volume_before_ml=1.0,
        volume_after_ml=1.0,
        change_percent=0.0,
        beyond_repeatability=False,
    )


@pytest.fixture
def document(analysis: Analysis) -> AnalysisDocument:
    """The document of the hand-made patient."""
    return AnalysisDocument.of(analysis)


@pytest.fixture
def related(document: AnalysisDocument) -> AnalysisDocument:
    """The same, but R1 and R3 merge to R1, which then splits into R1 and R2."""
    merged = _event(EventKind.MERGED, ("R1", "R3"), ("R1",))
    split = _event(EventKind.SPLIT, ("R1",), ("R1", "R2"))
    first, second, overall = document.changes
    return document.model_copy(
        update={
            "changes": (
                first.model_copy(update={"events": (merged, *first.events)}),
                second.model_copy(update={"events": (split,)}),
                overall,
            )
        }
    )


def test_every_region_is_in_one_family(document: AnalysisDocument) -> None:
    """Without merges and splits, each region is a family of its own."""
    names = [family.ids for family in families(document)]
    assert sorted(names) == [("R1",), ("R2",), ("R3",), ("R4",)]


@pytest.mark.parametrize(("volume_ml", "place"), [(999.0, 0), (2.0, -1)])
def test_what_holds_nearly_all_leads_though_it_is_stable(
    document: AnalysisDocument, volume_ml: float, place: int
) -> None:
    """A large stable region comes before small new ones; a smaller one after them."""
    stable = _event(EventKind.STABLE, ("R3",), ("R3",))
    new = [_event(EventKind.NEW, (), (name,)) for name in ("R1", "R2", "R4")]
    scans = []
    for scan in document.scans:
        regions = tuple(
            region.model_copy(update={"volume_ml": volume_ml if region.id == "R3" else 1.0})
            for region in scan.regions
        )
        scans.append(scan.model_copy(update={"regions": regions}))
    changes = tuple(
        change.model_copy(update={"events": (stable, *new)}) for change in document.changes
    )
    ordered = families(document.model_copy(update={"scans": tuple(scans), "changes": changes}))
    assert ordered[place].ids == ("R3",)


def test_a_leading_event_opens_the_table_of_events() -> None:
    """A stable group of nearly all the abnormal lung, then what is new."""
    stable = _event(EventKind.STABLE, ("R1",), ("R1",))
    large = stable.model_copy(update={"volume_before_ml": 500.0, "volume_after_ml": 480.0})
    new = _event(EventKind.NEW, (), ("R2",))
    assert shown_events([new, large])[0] == (large, new)
    assert shown_events([new, stable])[0] == (new, stable)
    assert shown_events([]) == ((), ())


def test_totals_are_the_volumes(document: AnalysisDocument) -> None:
    """The families' volumes add up to the abnormal regions of each scan."""
    for n, scan in enumerate(document.scans):
        total = sum(family.totals_ml[n] for family in families(document))
        assert total == pytest.approx(sum(region.volume_ml for region in scan.regions))


def test_largest_change_comes_first_and_stable_last(document: AnalysisDocument) -> None:
    """R1 changed most; were nothing but R1 changed, the stable ones follow by size."""
    assert [family.ids[0] for family in families(document)] == ["R1", "R2", "R4", "R3"]
    calm = [
        change.model_copy(
            update={
                "events": tuple(
                    event.model_copy(update={"kind": EventKind.STABLE})
                    if event.before != ("R3",)
                    else event
                    for event in change.events
                )
            }
        )
        for change in document.changes
    ]
    ordered = families(document.model_copy(update={"changes": tuple(calm)}))
    assert [family.ids[0] for family in ordered] == ["R3", "R1", "R2", "R4"]


def test_merging_and_splitting_make_a_family(related: AnalysisDocument) -> None:
    """Who merged or split is followed together, and told in words."""
    first = families(related)[0]
    assert first.ids == ("R1", "R2", "R3")
    assert first.lineage == "R3 merged into R1; R2 split from R1"
    assert first.present(2) == ("R1", "R2")
    assert first.peak == 1


def test_ranges_are_of_all_members(related: AnalysisDocument) -> None:
    """The range of a family is the sum of its members'; none where nothing is there."""
    family = next(f for f in families(related) if f.ids == ("R4",))
    assert family.ranges_ml[0] is None
    assert family.ranges_ml[1] == pytest.approx(
        (0.8 * family.totals_ml[1], 1.25 * family.totals_ml[1]), abs=0.01
    )


def test_lanes_show_each_region_where_it_is(related: AnalysisDocument) -> None:
    """One stop per region and scan, one link per step of a history, one end per resolution."""
    lanes = draw_lanes(families(related), 3)
    assert len(lanes.lanes) == 4
    assert len(lanes.stops) == sum(len(scan.regions) for scan in related.scans)
    assert {stop.x for stop in lanes.stops} <= set(lanes.columns)
    assert {end.x for end in lanes.ends} == {lanes.columns[1]}
    styles = [link.style for link in lanes.links]
    assert styles.count("merged") == 2
    assert styles.count("split") == 2


def test_many_regions_are_summed_up(document: AnalysisDocument) -> None:
    """No more lanes than fit; the others are counted."""
    scan = document.scans[0]
    many = tuple(scan.regions[0].model_copy(update={"id": f"R{n}"}) for n in range(LANES + 5))
    crowded = document.model_copy(
        update={"scans": (scan.model_copy(update={"regions": many}),), "changes": ()}
    )
    lanes = draw_lanes(families(crowded), 1)
    assert (len(lanes.lanes), len(lanes.more)) == (LANES, 5)


def test_the_largest_regions_have_lanes_though_others_are_told_first() -> None:
    """What is summed up as smaller is smaller, and the order is kept."""
    told = [_alone(f"R{n}", 0.1 * n) for n in range(1, LANES + 3)] + [_alone("R99", 40.0)]
    lanes = draw_lanes(told, 1)
    assert [lane.member.id for lane in lanes.lanes] == [f"R{n}" for n in range(4, 17)] + ["R99"]
    assert [member.id for member in lanes.more] == ["R1", "R2", "R3"]


def _alone(name: str, volume_ml: float) -> Family:
    member = Member(id=name, zone="", volumes_ml=(volume_ml,))
    return Family(members=(member,), totals_ml=(volume_ml,), ranges_ml=(None,), events=())


def test_curve_names_what_happened_to_the_largest(related: AnalysisDocument) -> None:
    """Events stand between their scans, by name where there is room."""
    times = tuple(scan.acquired_at for scan in related.scans)
    family = families(related)[0]
    curve = volume_curve(family, times)
    assert [moment.kind for moment in curve.moments] == [EventKind.GROWN, EventKind.SPLIT]
    assert curve.moments[0].end == curve.moments[1].start
    assert curve.moments[1].text.endswith("split")
    close = volume_curve(family, (times[0], times[0] + (times[2] - times[0]) / 50, times[2]))
    assert close.moments[0].text == "\N{UPWARDS ARROW}"


def _course(*totals: float) -> Family:
    return Family(members=(), totals_ml=totals, ranges_ml=(), events=())


@pytest.mark.parametrize(
    ("totals", "count", "told"),
    [
        ((1.0,), 4, [0]),
        ((1, 2, 3), 4, [0, 1, 2]),
        ((1, 1, 1, 9, 2, 2, 2), 3, [0, 3, 6]),
        ((5, 5, 1, 1, 1, 1), 4, [0, 1, 2, 5]),
    ],
)
def test_few_scans_tell_a_long_history(
    totals: tuple[float, ...], count: int, told: list[int]
) -> None:
    """The ends, the peak, and the scans after the largest changes."""
    assert telling_scans(_course(*totals), count) == told


def test_worse_and_better_are_opposites() -> None:
    """What worsens one way recovers on the way back; kinds without order do neither."""
    kinds = ("normal", "other", "ground_glass", "consolidated", "hyperlucent")
    opposite = {"worsened": "recovered", "recovered": "worsened", "kept": "kept", "": ""}
    for before in kinds:
        for after in kinds:
            assert tissue_change(after, before) == opposite[tissue_change(before, after)]


def test_an_analysis_without_changes_has_histories(analysis: Analysis) -> None:
    """Where scans could not be compared, regions stand alone."""
    alone = families(AnalysisDocument.of(replace(analysis, changes=())))
    assert all(family.events == ((), ()) for family in alone)


def test_a_crowded_family_shows_its_largest(related: AnalysisDocument) -> None:
    """Of many that merge, the largest have lanes, and so has what they became."""
    first, last = related.scans[0], related.scans[-1]
    region = first.regions[0]
    parts = tuple(
        region.model_copy(update={"id": f"P{n}", "volume_ml": float(n + 1)}) for n in range(20)
    )
    whole = region.model_copy(update={"id": "W", "volume_ml": 300.0})
    event = _event(EventKind.MERGED, tuple(part.id for part in parts), ("W",))
    document = related.model_copy(
        update={
            "scans": (
                first.model_copy(update={"regions": parts}),
                last.model_copy(update={"regions": (whole,), "index": 1}),
            ),
            "changes": (related.changes[0].model_copy(update={"events": (event,)}),),
        }
    )
    family = families(document)[0]
    assert family.lineage == "P0, P1, P2, P3, P4 and 15 more merged into W"
    lanes = draw_lanes((family,), 2)
    assert [lane.member.id for lane in lanes.lanes] == ["P19", "P18", "P17", "P16", "P15", "W"]
    assert len(lanes.more) == 15
