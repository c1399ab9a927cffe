"""The sections that are shown."""

from __future__ import annotations

import numpy as np

from eupnea.analysis import Analysis, EventKind
from eupnea.write.document import AnalysisDocument
from eupnea.write.report.places import Plane, Sections, pair_places, scan_places


def test_largest_change_first(analysis: Analysis) -> None:
    """The first pair shows the region whose volume changed most, where it is largest."""
    earlier, later = (Sections(found) for found in analysis.scans[:2])
    change = AnalysisDocument.of(analysis).changes[0]
    place = pair_places(earlier, later, change, limit=3)[0]
    assert place.event.after == ("R1",)
    region = next(r for r in later.found.regions if r.id == "R1")
    areas = np.count_nonzero(later.found.labels == region.label, axis=(1, 2))
    assert place.after.index == areas.argmax()


def test_other_scan_at_the_same_height(analysis: Analysis) -> None:
    """A new region is shown in the earlier scan at the height where it will be."""
    earlier, later = (Sections(found) for found in analysis.scans[:2])
    change = AnalysisDocument.of(analysis).changes[0]
    new = next(
        place
        for place in pair_places(earlier, later, change, limit=9)
        if place.event.kind is EventKind.NEW
    )
    assert new.before == new.after


def test_stable_regions_yield_to_others(analysis: Analysis) -> None:
    """Pictures are for what changed, as long as anything did."""
    earlier, later = (Sections(found) for found in analysis.scans[1:])
    change = AnalysisDocument.of(analysis).changes[1]
    kinds = {place.event.kind for place in pair_places(earlier, later, change, limit=9)}
    assert kinds == {EventKind.SHRUNK, EventKind.RESOLVED}


def test_a_scan_is_shown_in_two_planes(analysis: Analysis) -> None:
    """A coronal section comes first, then axial ones from head to foot."""
    coronal, *axial = scan_places(Sections(analysis.scans[0]), count=2)
    assert coronal.plane is Plane.CORONAL
    assert [place.plane for place in axial] == [Plane.AXIAL, Plane.AXIAL]
    assert axial[0].index > axial[1].index


def test_the_largest_region_is_always_shown(analysis: Analysis) -> None:
    """In the coronal section and in an axial one, however much smaller regions add up to."""
    sections = Sections(analysis.scans[0])
    coronal, *axial = scan_places(sections, count=2)
    largest = analysis.scans[0].regions[0]
    assert sections.region_rows[coronal.index, largest.label] > 0
    assert any(sections.shows(place.index, (largest.id,)) for place in axial)


def test_the_next_section_shows_what_the_first_does_not(analysis: Analysis) -> None:
    """R1 and R2 lie at different heights; each gets its section."""
    sections = Sections(analysis.scans[0])
    _, *axial = scan_places(sections, count=2)
    for name in ("R1", "R2"):
        assert any(sections.shows(place.index, (name,)) for place in axial)


def test_areas_are_counts_of_voxels(analysis: Analysis) -> None:
    """Per slice and per row, as a plain count of each region's mask gives."""
    sections = Sections(analysis.scans[0])
    for region in analysis.scans[0].regions:
        mask = sections.found.labels == region.label
        np.testing.assert_array_equal(
            sections.region_areas[:, region.label], np.count_nonzero(mask, axis=(1, 2))
        )
        np.testing.assert_array_equal(
            sections.region_rows[:, region.label], np.count_nonzero(mask, axis=(0, 2))
        )
