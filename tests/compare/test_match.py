"""The graph between the regions of two scans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eupnea.compare.match import Match, match_regions
from eupnea.compare.overlap import Overlap, measure_overlap
from eupnea.compare.settings import MatchSettings
from naive import regions as naive
from support.drawn_scans import analysis_of, boxes, shifted, still

FAR = 99.0


def _overlap(shared: list[list[float]], before: list[float], after: list[float]) -> Overlap:
    both = np.array(shared, float).reshape(len(before), len(after))
    return Overlap(
        before_ml=np.array(before, float),
        after_ml=np.array(after, float),
        shared_before_ml=both,
        shared_after_ml=both,
    )


def _match(overlap: Overlap, distance: float = FAR) -> Match:
    shape = overlap.shared_ml.shape
    return match_regions(overlap, np.full(shape, distance), MatchSettings())


def _groups(match: Match) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    return {(group.before, group.after) for group in match.groups}


@pytest.mark.parametrize(
    ("shared", "before", "after", "expected"),
    [
        ([[8.0]], [10], [9], {((0,), (0,))}),
        ([[0.0]], [10], [9], {((0,), ()), ((), (0,))}),
        ([[4.0, 4.0]], [10], [5, 5], {((0,), (0, 1))}),
        ([[4.0], [4.0]], [5, 5], [10], {((0, 1), (0,))}),
        ([[8.0, 0.2]], [10], [9, 9], {((0,), (0,)), ((), (1,))}),
        ([[0.9]], [10], [9], {((0,), ()), ((), (0,))}),
        ([], [], [4, 4], {((), (0,)), ((), (1,))}),
        ([], [], [], set()),
    ],
    ids=["same", "apart", "split", "merge", "sliver", "touch", "all new", "nothing"],
)
def test_known_graphs(
    shared: list[list[float]],
    before: list[float],
    after: list[float],
    expected: set[tuple[tuple[int, ...], tuple[int, ...]]],
) -> None:
    """What a reader would say of the same overlaps."""
    assert _groups(_match(_overlap(shared, before, after))) == expected


def test_a_side_contact_does_not_join_two_regions() -> None:
    """Two neighbours that grew towards each other stay two."""
    touching = _overlap([[9.0, 1.6], [0.0, 9.0]], [10, 10], [12, 12])
    assert _groups(_match(touching)) == {((0,), (0,)), ((1,), (1,))}


def test_small_regions_without_overlap_are_matched_by_distance() -> None:
    """Nearest first, one to one, and only within reach."""
    overlap = _overlap([[0, 0], [0, 0]], [0.2, 0.2], [0.2, 0.2])
    distance = np.array([[4.0, 1.0], [4.5, 2.0]])
    match = match_regions(overlap, distance, MatchSettings())
    assert _groups(match) == {((0,), (1,)), ((1,), (0,))}
    assert _groups(_match(overlap, distance=6.0)) == {
        ((0,), ()),
        ((1,), ()),
        ((), (0,)),
        ((), (1,)),
    }


def test_large_regions_are_never_matched_by_distance() -> None:
    """A large region that overlaps nothing is gone."""
    assert ((0,), ()) in _groups(_match(_overlap([[0.0]], [3], [3]), distance=1.0))


@settings(deadline=None, max_examples=50)
@given(
    arrays(
        np.bool_,
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        elements=st.booleans(),
    )
)
def test_groups_are_the_connected_parts_of_the_graph(related: np.ndarray) -> None:
    """Any graph; each region of either scan in exactly one group."""
    rows, columns = related.shape
    match = _match(
        _overlap(
            np.where(related, 5.0, 0.0).tolist(),
            [10.0] * rows,
            [10.0] * columns,
        )
    )
    kept = np.zeros_like(related)
    for link in match.links:
        kept[link.before, link.after] = True
    assert _groups(match) == naive.groups_of(kept)


def test_overlap_is_the_naive_one_in_both_directions() -> None:
    """On a shifted pair whose regions leave the grid and each other."""
    before = analysis_of(boxes(((2, 2, 2), (6, 9, 8)), ((10, 18, 20), (5, 6, 19))))
    after = analysis_of(boxes(((4, 4, 4), (6, 9, 8)), ((12, 16, 22), (3, 5, 6))), index=1)
    alignment = shifted(3.0, 5.0, 2.0)
    overlap = measure_overlap(before, after, alignment)
    expected = naive.shared_ml(before, after, alignment)
    back = naive.shared_ml(after, before, alignment.inverse).T
    assert expected.sum() > 0
    np.testing.assert_allclose(overlap.shared_before_ml, expected)
    np.testing.assert_allclose(overlap.shared_after_ml, back)


def test_an_overlap_without_regions_is_empty() -> None:
    """No region before, one after: a matrix of no rows."""
    nothing, something = analysis_of(boxes()), analysis_of(boxes(((2, 2, 2), (5, 5, 5))), index=1)
    assert measure_overlap(nothing, something, still()).shared_ml.shape == (0, 1)
