"""Scans that show less of the lungs than their partner: one lung, or half of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.analysis import AlignmentLevel, Attributes, ScanAnalysis
from eupnea.compare import CompareSettings
from eupnea.compare.coverage import common_sides, is_cut
from eupnea.compare.guess import guess_affine
from eupnea.compare.pair import Pair, compare_pair
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from support.drawn_scans import GRID, analysis_of, boxes
from support.toy_lungs import ToyLung, first_lung, second_lung


def _two_lungs() -> Mask:
    voxels = np.zeros(GRID.shape, bool)
    voxels[2:18, 5:25, 3:15] = True
    voxels[2:18, 5:25, 22:36] = True
    return Mask(voxels=voxels, geometry=GRID)


def _one_lung() -> Mask:
    """The right one: its medial side, towards the patient's left, makes room for the heart."""
    voxels = np.zeros(GRID.shape, bool)
    voxels[2:18, 5:25, 3:15] = True
    voxels[2:18, 9:18, 11:15] = False
    return Mask(voxels=voxels, geometry=GRID)


def _analysis(lung: ToyLung, labels: NDArray[np.uint16], index: int) -> ScanAnalysis:
    """The toy lung with drawn regions."""
    drawn = analysis_of(labels, index=index, geometry=lung.volume.geometry)
    abnormal = Mask(voxels=(labels > 0) & lung.roi.voxels, geometry=lung.roi.geometry)
    parts = [
        Attributes(
            mask=mask, volume_ml=mask.volume_ml, fraction=mask.volume_ml / lung.roi.volume_ml
        )
        for mask in (lung.roi, lung.roi - abnormal, abnormal)
    ]
    scan = replace(drawn.scan, volume=lung.volume, native=lung.volume.geometry)
    return replace(drawn, scan=scan, roi=parts[0], normal=parts[1], abnormal=parts[2])


def _ball(lung: ToyLung, centres: list[tuple[float, float, float]]) -> NDArray[np.uint16]:
    grid = lung.volume.geometry
    points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    labels = np.zeros(grid.shape, np.uint16)
    for number, centre in enumerate(centres, start=1):
        labels[np.linalg.norm(points - np.array(centre), axis=-1) < 6.5] = number
    return labels


HIGH, LOW = (36.0, 36.0, 52.0), (36.0, 36.0, 22.0)


@pytest.fixture(scope="module")
def cut() -> Pair:
    """The whole lung before; after, its upper two thirds, with one region of each height."""
    first, second = first_lung(), second_lung()
    before = _analysis(first, _ball(first, [HIGH, LOW]), 0)
    box = (slice(8, None), slice(None), slice(None))
    upper = ToyLung(volume=second.volume.crop(box), roi=second.roi.crop(box))
    after = _analysis(upper, _ball(upper, [(40.0, 33.0, 57.0)]), 1)
    return compare_pair(before, after, settings=CompareSettings())


def test_a_lung_in_one_scan_is_compared_with_itself_alone() -> None:
    """The other lung is left out of both masks; whole pairs stay as they are."""
    both, right = _two_lungs(), _one_lung()
    early, late = common_sides(both, right)
    assert late is right
    assert not early.voxels[:, :, 20:].any()
    np.testing.assert_array_equal(early.voxels[:, :, :16], both.voxels[:, :, :16])
    assert common_sides(right, both)[1].voxel_count == early.voxel_count
    assert common_sides(both, both) == (both, both)
    assert common_sides(right, right) == (right, right)


def test_a_cut_is_seen_at_either_end() -> None:
    """A tip that reaches the last slice is no cut."""
    lung = first_lung().roi
    assert is_cut(lung) == (False, False)
    for box, expected in ((slice(9, None), (True, False)), (slice(0, 15), (False, True))):
        assert is_cut(lung.crop((box, slice(None), slice(None)))) == expected


def test_the_sections_tell_how_high_a_cut_lung_lies() -> None:
    """One of the guesses is within a few millimetres of the true rise."""
    grid = Geometry.regular(shape=(60, 30, 30), spacing_mm=(3.0, 4.0, 4.0))
    voxels = np.zeros(grid.shape, bool)
    for k in range(5, 55):
        width = 4 + (55 - k) // 5
        voxels[k, 15 - width : 15 + width, 15 - width : 15 + width] = True
    lung = Mask(voxels=voxels, geometry=grid)
    for part in (slice(25, None), slice(0, 40)):
        cut_lung = lung.crop((part, slice(None), slice(None)))
        best, *_ = guess_affine(lung, cut_lung)
        np.testing.assert_allclose(best, np.eye(4), atol=2.0)


def test_the_common_part_of_a_cut_scan_is_aligned(cut: Pair) -> None:
    """And a note says that there is more than that."""
    assert cut.change.registration.level is AlignmentLevel.DEFORMABLE
    assert "COVERAGE_DIFFERS" in [note.code for note in cut.change.notes]


def test_the_common_part_is_measured_by_itself(cut: Pair) -> None:
    """The upper region lies in it, and little of the lower one; the identity holds."""
    common = cut.change.common
    assert common is not None
    assert 0.5 < common.before.share < 0.8
    assert common.after.share > 0.9
    high, low = sorted(cut.before.regions, key=lambda region: -region.centroid_mm[2])
    assert high.volume_ml <= common.before.abnormal_ml < high.volume_ml + 0.3 * low.volume_ml
    assert common.after.abnormal_ml == pytest.approx(cut.after.abnormal.volume_ml, rel=0.02)
    assert common.abnormal.beyond_repeatability is not None
    assert common.before.abnormal_fraction == pytest.approx(
        common.before.abnormal_ml / common.before.roi_ml
    )
    assert common.abnormal.volume_change_ml == pytest.approx(
        common.roi.volume_change_ml - common.normal.volume_change_ml
    )


def test_whole_organs_that_differ_by_the_cut_are_not_judged(cut: Pair) -> None:
    """Half of the abnormal lung was not resolved; and no breath made the lung smaller."""
    change = cut.change
    assert change.abnormal.volume_change_ml < 0
    assert {change.roi.beyond_repeatability, change.abnormal.beyond_repeatability} == {None}
    assert "COMPARABILITY_BREATH" not in [note.code for note in change.notes]


def test_a_region_beyond_the_cut_has_no_event(cut: Pair) -> None:
    """It is not resolved: nobody looked."""
    assert [(event.before, event.after) for event in cut.change.events] == [(("R1",), ("R1",))]


def test_two_people_are_not_compared_region_by_region() -> None:
    """Their tissue does not agree, and a note says so."""
    first, other = first_lung(), second_lung(seed=9)
    pair = compare_pair(
        _analysis(first, _ball(first, [HIGH]), 0),
        _analysis(other, _ball(other, [HIGH]), 1),
        settings=CompareSettings(),
    )
    assert pair.change.registration.level is AlignmentLevel.NONE
    assert pair.change.events == ()
    assert any("two people" in note.text for note in pair.change.notes)
    assert pair.change.common is None


def test_drawn_boxes_fill_their_grid() -> None:
    """The helper of other tests draws uncut organs."""
    assert is_cut(analysis_of(boxes()).roi.mask) == (False, False)
