"""The order of the worklist."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from eupnea.geometry import Geometry
from eupnea.label.priority import (
    BIN_EDGES_HU,
    Lessons,
    density_distance_hu,
    density_histogram,
    rank,
    uncertainty,
)
from eupnea.mask import Mask

MIDDLES = (BIN_EDGES_HU[:-1] + BIN_EDGES_HU[1:]) / 2


def lessons(
    hu: int,
    *,
    uncertainty: float | None = None,
    change: float | None = None,
    labelled: bool = False,
) -> Lessons:
    """Those of an even image of one density."""
    return Lessons(
        uncertainty=uncertainty,
        change=change,
        labelled=labelled,
        histogram=density_histogram(np.full(10, hu, np.int16)),
    )


@settings(deadline=None)
@given(st.lists(st.integers(-1200, 400), min_size=1), st.lists(st.integers(-1200, 400), min_size=1))
def test_density_distance_is_that_of_wasserstein(one: list[int], other: list[int]) -> None:
    """The distance of two histograms, as scipy has it."""
    first, second = (density_histogram(np.array(hu, np.int16)) for hu in (one, other))
    expected = wasserstein_distance(MIDDLES, MIDDLES, first, second)
    assert density_distance_hu(first, second) == pytest.approx(expected, abs=1e-6)


def test_uncertainty_is_one_bit_at_even_odds() -> None:
    """Certain voxels add nothing; even odds add a bit."""
    grid = Geometry.regular(shape=(1, 1, 3), spacing_mm=(1.0, 1.0, 1.0))
    roi = Mask(voxels=np.array([[[True, True, False]]]), geometry=grid)
    certainty = np.array([[[128, 0, 128]]], np.uint8)
    assert uncertainty(certainty, roi) == pytest.approx(0.5, abs=1e-4)


def test_twins_are_not_both_at_the_top() -> None:
    """After one of two like images, the unlike one comes first."""
    order = [place.index for place in rank([lessons(-300), lessons(-300), lessons(-860)])]
    assert order == [2, 0, 1]


def test_uncertainty_and_change_raise_an_image() -> None:
    """Of images alike, the one that the model doubts or that changed comes first."""
    assert rank([lessons(-850), lessons(-850, uncertainty=0.3)])[0].index == 1
    assert rank([lessons(-850), lessons(-850, change=0.1)])[0].index == 1


def test_what_is_labelled_comes_last_and_its_like_late() -> None:
    """Of two unlike images, the one unlike the labelled ones comes first."""
    dense, thin = lessons(-300), lessons(-860)
    for known, first in ((dense, 1), (thin, 0)):
        order = rank([dense, thin], known=[known.histogram])
        assert order[0].index == first
        assert order[1].novelty_hu == 0
    assert rank([lessons(-860, labelled=True), thin, thin])[-1].index == 0


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 100), max_size=8))
def test_every_image_is_ranked_once(densities: list[int]) -> None:
    """The order is a permutation, and scores lie between 0 and 1."""
    order = rank([lessons(hu) for hu in densities])
    assert sorted(place.index for place in order) == list(range(len(densities)))
    assert all(0 <= place.score <= 1 for place in order)
