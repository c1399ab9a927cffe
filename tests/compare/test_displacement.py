"""Walking along a field of displacements, and back."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.compare.displacement import Displacement
from eupnea.compare.unfold import folded, unfold
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from naive.deformation import jacobian_at, vector_at

GRID = Geometry.regular(shape=(7, 8, 9), spacing_mm=(3.0, 2.0, 2.5), origin_mm=(-4.0, 7.0, 1.0))


def _field(size_mm: float, seed: int = 0) -> Displacement:
    vectors = np.random.default_rng(seed).uniform(-size_mm, size_mm, (*GRID.shape, 3))
    return Displacement(vectors=vectors, geometry=GRID)


def _points(count: int = 40) -> np.ndarray:
    return GRID.to_mm(np.random.default_rng(1).uniform(-2, 10, (count, 3)))


def test_a_vector_is_the_naive_interpolation() -> None:
    """Inside trilinear, beyond the grid constant."""
    field = _field(5.0)
    for point in _points():
        np.testing.assert_allclose(field.at(point), vector_at(field, point), atol=1e-5)


def test_undo_undoes() -> None:
    """Forth and back is where one started, within a hundredth of a millimetre."""
    field, points = _field(0.5), _points()
    np.testing.assert_allclose(field.undo(field.apply(points)), points, atol=0.01)


def test_the_jacobian_is_the_naive_one() -> None:
    """At the border, on the edges and inside."""
    field = _field(1.0)
    jacobian = field.jacobian()
    for index in [(0, 0, 0), (6, 7, 8), (3, 0, 4), (3, 4, 4)]:
        assert jacobian[index] == pytest.approx(jacobian_at(field, index), abs=1e-4)


def test_vectors_of_another_grid_are_refused() -> None:
    """A field means nothing without its grid."""
    with pytest.raises(Refusal) as refused:
        Displacement(vectors=np.zeros((7, 8, 9, 2)), geometry=GRID)
    assert refused.value.code is RefusalCode.GEOMETRY_MISMATCH


def test_unfold_removes_folds_and_leaves_the_rest_alone() -> None:
    """Only the neighbourhood of a fold is smoothed."""
    vectors = np.zeros((*GRID.shape, 3))
    vectors[3, 4, 4] = (0.0, 0.0, 9.0)
    crumpled = Displacement(vectors=vectors, geometry=GRID)
    assert folded(crumpled).any()
    smooth = unfold(crumpled)
    assert not folded(smooth).any()
    np.testing.assert_array_equal(smooth.vectors[..., 0], 0)
    np.testing.assert_array_equal(smooth.vectors[:, :, 8], 0)


def test_unfold_returns_a_good_field_as_it_is() -> None:
    """Nothing to repair, nothing changed."""
    field = _field(0.1)
    assert unfold(field) is field
