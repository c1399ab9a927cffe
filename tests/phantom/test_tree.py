"""Trees: they reach every end, in one piece, and only get thinner."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.phantom.tree import Tubes, grow


@pytest.fixture(scope="module")
def ends() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A cloud of 200 points beside the root."""
    return np.random.default_rng(1).uniform((10, -30, -40), (80, 30, 40), size=(200, 3))


@pytest.fixture(scope="module")
def tree(ends: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Tubes:
    """A tree from the origin to all of them."""
    rng = np.random.default_rng(2)
    return grow(root_mm=np.zeros(3), radius_mm=4.0, ends_mm=ends, rng=rng)


def test_every_end_is_reached(
    tree: Tubes, ends: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> None:
    """Some piece stops at each of the given ends."""
    reached = {tuple(np.round(end, 6)) for end in tree.end_mm}
    assert {tuple(np.round(end, 6)) for end in ends} <= reached


def test_every_piece_starts_where_another_stops(tree: Tubes) -> None:
    """The tree is one connected thing, rooted where it was told to be."""
    stops = {tuple(np.round(end, 6)) for end in tree.end_mm} | {(0.0, 0.0, 0.0)}
    assert {tuple(np.round(start, 6)) for start in tree.start_mm} <= stops


def test_tubes_only_get_thinner(tree: Tubes) -> None:
    """No piece widens away from the root, and none is thicker than the root."""
    assert (tree.end_radius_mm <= tree.start_radius_mm + 1e-12).all()
    assert tree.start_radius_mm.max() <= 4.0


def test_the_same_chance_grows_the_same_tree(
    ends: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    """Two generators of one seed give equal trees."""
    one, two = (
        grow(root_mm=np.zeros(3), radius_mm=4.0, ends_mm=ends, rng=np.random.default_rng(9))
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.end_mm, two.end_mm)


def test_thick_pieces_can_be_kept_and_resized() -> None:
    """`thicker_than` looks at the far end; `resized` changes both radii."""
    tube = Tubes.along(np.array([[0.0, 0, 0], [0, 0, 5], [0, 0, 9]]), np.array([3.0, 2.0, 1.0]))
    thick = tube.thicker_than(1.5)
    assert len(thick) == 1
    assert thick.resized(factor=2, extra_mm=1).end_radius_mm.tolist() == [5.0]
