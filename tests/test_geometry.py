"""Geometry: index and millimetre are one thing, and reordering loses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry, Reorientation

shapes = st.tuples(*[st.integers(1, 6)] * 3)
axis_orders = st.permutations(range(3))
axis_signs = st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3)
small_angles = st.floats(-0.6, 0.6)


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    """Grids of any axis order, direction, spacing, origin and a tilt about z."""
    angle = draw(small_angles)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    spacing = np.array(draw(st.tuples(*[st.floats(0.3, 5)] * 3)))
    axes = np.eye(3)[:, draw(axis_orders)] * np.array(draw(axis_signs))
    affine = np.eye(4)
    affine[:3, :3] = turn @ axes * spacing
    affine[:3, 3] = draw(st.tuples(*[st.floats(-500, 500)] * 3))
    return Geometry(shape=draw(shapes), affine=affine)


@given(geometries(), arrays(float, (5, 3), elements=st.floats(-50, 50)))
def test_index_to_mm_and_back_is_identity(grid: Geometry, index: np.ndarray) -> None:
    """to_index undoes to_mm."""
    np.testing.assert_allclose(grid.to_index(grid.to_mm(index)), index, atol=1e-6)


@given(geometries())
def test_canonical_order_keeps_every_voxel_where_it_is(grid: Geometry) -> None:
    """Each voxel of the canonical array has the position it had before."""
    positions = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    turn = Reorientation.to_canonical(grid)
    expected = turn.target.to_mm(np.moveaxis(np.indices(turn.target.shape), 0, -1))
    for axis in range(3):
        np.testing.assert_allclose(turn.apply(positions[..., axis]), expected[..., axis], atol=1e-6)
    assert turn.target.is_canonical


@given(geometries())
def test_reorientation_undoes_itself(grid: Geometry) -> None:
    """Undo brings the very same array back."""
    voxels = np.arange(np.prod(grid.shape)).reshape(grid.shape)
    turn = Reorientation.to_canonical(grid)
    np.testing.assert_array_equal(turn.undo(turn.apply(voxels)), voxels)


@given(geometries())
def test_crop_keeps_positions(grid: Geometry) -> None:
    """The first voxel of a crop lies where it lay in the whole grid."""
    box = tuple(slice(n // 2, n) for n in grid.shape)
    cropped = grid.crop((box[0], box[1], box[2]))
    np.testing.assert_allclose(cropped.origin_mm, grid.to_mm([part.start for part in box]))


def test_other_spacing_covers_the_same_space() -> None:
    """Halving the spacing doubles the count and keeps the outer faces."""
    grid = Geometry.regular(shape=(4, 4, 4), spacing_mm=(2.0, 1.0, 1.0), origin_mm=(5.0, 6.0, 7.0))
    fine = grid.with_spacing((1.0, 0.5, 0.5))
    assert fine.shape == (8, 8, 8)
    np.testing.assert_allclose(fine.to_mm((-0.5, -0.5, -0.5)), grid.to_mm((-0.5, -0.5, -0.5)))


@pytest.mark.parametrize(
    "affine",
    [
        np.full((4, 4), np.nan),
        np.zeros((4, 4)),
        np.eye(3),
        np.array([[1, 0.3, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
    ],
    ids=["nan", "singular", "three by three", "sheared"],
)
def test_a_bad_affine_is_refused(affine: np.ndarray) -> None:
    """An affine that is not a rigid grid has its own code."""
    with pytest.raises(Refusal) as caught:
        Geometry(shape=(2, 2, 2), affine=affine)
    assert caught.value.code is RefusalCode.BAD_AFFINE


def test_an_empty_axis_is_refused() -> None:
    """A grid without voxels has its own code."""
    with pytest.raises(Refusal) as caught:
        Geometry.regular(shape=(0, 2, 2), spacing_mm=(1.0, 1.0, 1.0))
    assert caught.value.code is RefusalCode.BAD_SHAPE
