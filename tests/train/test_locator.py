"""A look at the whole chest, as a network of planes is taught to use it."""

from __future__ import annotations

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.planes import PLANE_OFFSETS_MM
from eupnea.train.cases import Case
from eupnea.train.locator import Locator
from eupnea.train.samples import Sample, Stream


def thin(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is thinner than tissue is lung; a network that sees no disease."""
    return np.asarray(1 / (1 + np.exp(12 * (chest[:, :1] - 0.2))), np.float32)


LOCATOR = Locator(chest=thin)


def located(case: Case, seed: int) -> NDArray[np.uint8]:
    """What is said of a chest."""
    return LOCATOR.locate(case.scan.volume, np.random.default_rng(seed))


def test_doubts_are_drawn_and_leave_the_lungs_where_they_are(case: Case) -> None:
    """Each draw doubts otherwise; a seed gives one; lungs stay surer than the tissue between."""
    one, same, other = (located(case, seed) for seed in (1, 1, 2))
    assert one.shape == case.hu.shape
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    tissue = case.hu > 0
    for sure in (one, other):
        assert sure[case.lung].mean() > 2 * sure[tissue].mean()


def test_what_is_missed_is_held_for_no_lung(case: Case) -> None:
    """The rest is held as surely as before."""
    missed = case.lung.copy()
    missed[:, :, 55:] = False
    rest = case.lung & ~missed
    plain, found = (
        LOCATOR.locate(case.scan.volume, np.random.default_rng(1), missed=each)
        for each in (None, missed)
    )
    assert found[missed].mean() < 0.3 * plain[missed].mean()
    assert found[rest].mean() > 0.9 * plain[rest].mean()


def draw(case: Case) -> list[Sample]:
    """The first samples of a stream that is told where the lungs lie."""
    stream = Stream([case], seed=3, size=64, healthy_share=1.0, locator=LOCATOR)
    return list(islice(stream, 80))


def test_samples_are_told_where_the_lungs_lie_and_some_are_not(case: Case) -> None:
    """One channel more, between -1 and 1, high in the lungs of its own plane; else nothing."""
    told = []
    for sample in draw(case):
        assert sample.signal.shape == (len(PLANE_OFFSETS_MM) + 1, 64, 64)
        where = sample.signal[-1]
        assert np.abs(where).max() <= 1
        if where.any() and 0.1 < sample.roi.mean() < 0.9:
            told.append(where[sample.roi].mean() - where[~sample.roi].mean())
    untold = [sample for sample in draw(case) if not sample.signal[-1].any()]
    assert 5 <= len(untold) <= 30
    assert len(told) > 20
    assert np.mean(told) > 0.5
