"""Overlap and likeness of a pair of scans."""

from __future__ import annotations

import numpy as np

from eupnea.compare.quality import dice, similarity
from eupnea.compare.working import WorkingImage, WorkingPair
from support.toy_lungs import ToyLung, first_lung


def _pair(first: ToyLung, second: ToyLung) -> WorkingPair:
    here, there = (WorkingImage.of(lung.volume, lung.roi) for lung in (first, second))
    return WorkingPair.of(here, there, np.eye(4))


def test_dice_of_nothing_and_of_itself() -> None:
    """0 without overlap, 1 for equal masks; two empty masks share nothing."""
    full, empty = np.ones((2, 2, 2), bool), np.zeros((2, 2, 2), bool)
    assert dice(full, full) == 1
    assert dice(full, empty) == dice(empty, empty) == 0


def test_another_person_is_less_alike() -> None:
    """Other vessels in the same outline score low; the scan itself high, but for its noise."""
    own = first_lung()
    assert similarity(_pair(own, own), None) > 0.7
    assert similarity(_pair(own, first_lung(seed=5)), None) < 0.2


def test_lungs_without_a_common_depth_have_no_similarity() -> None:
    """There is nothing to compare, and the answer is 0, not a failure."""
    own = first_lung()
    pair = _pair(own, own)
    apart = WorkingPair(
        grid=pair.grid,
        fixed=pair.fixed,
        fixed_roi=pair.fixed_roi,
        moving=pair.moving,
        moving_roi=np.zeros_like(pair.moving_roi),
    )
    assert similarity(apart, None) == 0
