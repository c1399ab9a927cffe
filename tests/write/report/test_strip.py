"""The same place in every scan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.analysis import Analysis, Correspondence
from eupnea.write.document import AnalysisDocument
from eupnea.write.report.follow import Follower
from eupnea.write.report.history import Family, families
from eupnea.write.report.picture import picture
from eupnea.write.report.places import Place, Plane, Sections, View
from eupnea.write.report.strip import Crop, _styles, strip


def _shift(mm: float) -> Correspondence:
    def to_after(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return points + mm

    def to_before(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return points - mm

    return Correspondence(to_after=to_after, to_before=to_before)


def _shifted(analysis: Analysis, *, known: tuple[tuple[int, int], ...]) -> Analysis:
    """Scans a known way apart, but aligned only where `known`."""
    changes = tuple(
        replace(
            change,
            correspondence=_shift(5.0 * (change.after - change.before))
            if (change.before, change.after) in known
            else None,
        )
        for change in analysis.changes
    )
    return replace(analysis, changes=changes)


def _family(document: AnalysisDocument, name: str) -> Family:
    return next(family for family in families(document) if name in family.ids)


def _strip(analysis: Analysis, name: str) -> tuple[Crop, ...]:
    document = AnalysisDocument.of(analysis)
    return strip(
        _family(document, name),
        document,
        [Sections(found) for found in analysis.scans],
        Follower(analysis),
        scans=range(len(analysis.scans)),
        shown_px=200,
    )


@pytest.mark.parametrize("known", [((0, 1), (1, 2), (0, 2)), ((0, 1), (1, 2)), ((0, 1), (0, 2))])
def test_a_point_goes_to_every_scan(analysis: Analysis, known: tuple[tuple[int, int], ...]) -> None:
    """Directly or through scans between, to and fro."""
    follower = Follower(_shifted(analysis, known=known))
    for start in range(3):
        for goal in range(3):
            there = 5.0 * (goal - start)
            assert follower.follow((0.0, 0.0, 0.0), start, goal) == (there, there, there)


def test_without_alignment_no_place_is_known(analysis: Analysis) -> None:
    """A scan that was aligned with none cannot be reached."""
    follower = Follower(_shifted(analysis, known=((0, 1),)))
    assert follower.follow((1.0, 2.0, 3.0), 0, 1) == (6.0, 7.0, 8.0)
    assert follower.follow((1.0, 2.0, 3.0), 1, 2) is None


def test_all_pictures_have_one_size(analysis: Analysis) -> None:
    """A region that is gone is shown where it was, at the size of the others."""
    crops = _strip(analysis, "R3")
    pictures = [crop.picture for crop in crops if crop.picture]
    assert len(pictures) == 3
    assert len({(p.width, p.height) for p in pictures}) == 1
    assert [bool(p.outlines) for p in pictures] == [True, False, False]
    assert [label.text for label in pictures[0].labels] == ["R3"]


def test_colours_say_what_became_of_it(analysis: Analysis) -> None:
    """Each member has the colour of its event; regions of other families stand back."""
    document = AnalysisDocument.of(analysis)
    family = _family(document, "R1")
    styles = [_styles(family, Sections(found), found.index) for found in analysis.scans]
    assert styles == [
        {"R1": "abnormal", "R2": "other", "R3": "other"},
        {"R1": "grown", "R2": "other", "R4": "other"},
        {"R1": "shrunk", "R2": "other"},
    ]


def test_not_aligned_and_not_there_is_left_blank(analysis: Analysis) -> None:
    """No place is invented; a region that is there is shown without an alignment too."""
    blind = _shifted(analysis, known=())
    assert [crop.picture is None for crop in _strip(blind, "R3")] == [False, True, True]
    assert [crop.picture is None for crop in _strip(blind, "R1")] == [False, False, False]


def test_a_view_beyond_the_image_is_filled_with_air(analysis: Analysis) -> None:
    """At the border the picture keeps its size."""
    found = analysis.scans[0]
    geometry = found.scan.geometry
    inside = Place(plane=Plane.AXIAL, index=8, view=_view(geometry.to_mm((8, 20, 28))))
    corner = Place(plane=Plane.AXIAL, index=8, view=_view(geometry.to_mm((8, 0, 0))))
    far = Place(plane=Plane.AXIAL, index=8, view=_view(geometry.to_mm((8, -90, 200))))
    sizes = {
        (drawn.width, drawn.height)
        for drawn in (picture(found, place, shown_px=200) for place in (inside, corner, far))
    }
    assert len(sizes) == 1


def _view(centre_mm: NDArray[np.float64]) -> View:
    x, y, z = centre_mm.tolist()
    return View(centre_mm=(x, y, z), radius_mm=30.0)
