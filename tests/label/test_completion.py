"""The other side is what remains of the organ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from eupnea.errors import Refusal
from eupnea.geometry import Geometry
from eupnea.label.agreement import agree, consensus
from eupnea.label.completion import Label, complete
from eupnea.label.values import LabelValue
from eupnea.mask import Mask

SHAPE = (4, 3, 3)
GRID = Geometry.regular(shape=SHAPE, spacing_mm=(10.0, 10.0, 10.0))
EVERYWHERE = Mask(voxels=np.ones(SHAPE, bool), geometry=GRID)

masks = arrays(bool, SHAPE)
judgements = arrays(np.uint8, SHAPE, elements=st.integers(1, 3))


def label(values: NDArray[np.uint8]) -> Label:
    """A label of an organ that is everywhere."""
    return Label(values=values, roi=EVERYWHERE)


@settings(deadline=None)
@given(masks)
def test_every_voxel_of_the_organ_gets_one_value(abnormal: NDArray[np.bool_]) -> None:
    """Abnormal drawn, normal is the rest: together the organ, and nothing beyond."""
    abnormal[0, 0, 0] = True
    roi = Mask(voxels=np.indices(SHAPE)[2] < 2, geometry=GRID)
    made = complete((abnormal & roi.voxels) * np.uint8(2), roi)
    normal, drawn = made.mask(LabelValue.NORMAL), made.mask(LabelValue.ABNORMAL)
    assert (normal & drawn).is_empty
    np.testing.assert_array_equal((normal | drawn).voxels, roi.voxels)


def test_a_little_beyond_the_organ_is_cut_off_and_said() -> None:
    """One voxel of 25 is a slip; a quarter is another organ."""
    roi = Mask(
        voxels=np.indices((1, 5, 6))[2] < 5,
        geometry=Geometry.regular(shape=(1, 5, 6), spacing_mm=(1.0, 1.0, 1.0)),
    )
    drawn = roi.voxels.astype(np.uint8)
    drawn[0, 0, 5] = 1
    assert [note.code for note in complete(drawn, roi).notes] == ["LABEL_CLIPPED"]
    drawn[:, :, 5] = 1
    with pytest.raises(Refusal, match="beyond the organ"):
        complete(drawn, roi)


@settings(deadline=None)
@given(masks, st.sampled_from([LabelValue.NORMAL, LabelValue.ABNORMAL]))
def test_with_drawn_slices_only_no_other_slice_is_judged(
    side: NDArray[np.bool_], value: LabelValue
) -> None:
    """Slice by slice: one with a stroke is judged whole, one without not at all."""
    side[0, 0, 0] = True
    made = complete(side * np.uint8(value), EVERYWHERE, drawn_slices_only=True)
    for drawn, slice_values in zip(side, made.values, strict=True):
        assert (slice_values == LabelValue.UNJUDGED).all() == (not drawn.any())
        assert (slice_values == LabelValue.UNJUDGED).any() == (not drawn.any())


def test_equal_labels_alone_have_equal_versions() -> None:
    """The version changes with one voxel, and with the place of the grid."""
    values = np.ones(SHAPE, np.uint8)
    other = values.copy()
    other[0, 0, 0] = 2
    moved = Geometry.regular(shape=SHAPE, spacing_mm=(10.0, 10.0, 10.0), origin_mm=(0, 0, 1))
    elsewhere = Mask(voxels=np.ones(SHAPE, bool), geometry=moved)
    versions = {
        label(values).version,
        label(other).version,
        Label(values=values, roi=elsewhere).version,
    }
    assert len(versions) == 3
    assert label(values.copy()).version == label(values).version


@settings(deadline=None)
@given(judgements)
def test_a_reader_agrees_with_himself(values: NDArray[np.uint8]) -> None:
    """One label twice: full overlap of every region, and itself as consensus."""
    found = agree(label(values), label(values))
    assert found.abnormal_dice in (1.0, None)
    assert all(region.dice == 1 for region in found.regions)
    np.testing.assert_array_equal(consensus([label(values)] * 2).values, values)


@settings(deadline=None)
@given(judgements, judgements)
def test_agreement_does_not_depend_on_who_comes_first(
    one: NDArray[np.uint8], other: NDArray[np.uint8]
) -> None:
    """Overlap, kappa and consensus are symmetric."""
    there, back = agree(label(one), label(other)), agree(label(other), label(one))
    assert there.abnormal_dice == back.abnormal_dice
    assert there.kappa == pytest.approx(back.kappa)
    assert [r.dice for r in there.regions] == [r.dice for r in back.regions]
    np.testing.assert_array_equal(
        consensus([label(one), label(other)]).values, consensus([label(other), label(one)]).values
    )


@settings(deadline=None)
@given(st.lists(judgements, min_size=1, max_size=4))
def test_consensus_is_the_majority_of_those_who_judged(readers: list[NDArray[np.uint8]]) -> None:
    """Voxel by voxel, counted one by one."""
    found = consensus([label(values) for values in readers]).values
    for place in np.ndindex(SHAPE):
        votes = [int(values[place]) for values in readers]
        normal, abnormal = votes.count(1), votes.count(2)
        expected = 3 if normal == abnormal else 1 if normal > abnormal else 2
        assert found[place] == expected


def test_a_region_that_one_reader_saw_alone_is_told() -> None:
    """Two regions: one is shared by half, one seen by the second reader alone."""
    one, other = np.ones(SHAPE, np.uint8), np.ones(SHAPE, np.uint8)
    one[0, 0, :2] = 2
    other[0, 0, 0] = 2
    other[3, 2, 2] = 2
    shared, alone = agree(label(one), label(other)).regions
    assert (shared.first_ml, shared.second_ml) == (2.0, 1.0)
    assert shared.dice == pytest.approx(2 / 3)
    assert (alone.first_ml, alone.second_ml, alone.dice) == (0.0, 1.0, 0.0)
    assert alone.centroid_mm == (20.0, 20.0, 30.0)


def test_kappa_is_that_of_the_textbook() -> None:
    """20 and 15 alike, 5 and 10 unlike: 0.4."""
    grid = Geometry.regular(shape=(1, 5, 10), spacing_mm=(1.0, 1.0, 1.0))
    roi = Mask(voxels=np.ones(grid.shape, bool), geometry=grid)
    one = np.repeat([2, 2, 1, 1], [20, 5, 10, 15]).reshape(grid.shape).astype(np.uint8)
    other = np.repeat([2, 1, 2, 1], [20, 5, 10, 15]).reshape(grid.shape).astype(np.uint8)
    found = agree(Label(values=one, roi=roi), Label(values=other, roi=roi))
    assert found.kappa == pytest.approx(0.4)
