"""The stream of whole chests."""

from __future__ import annotations

from itertools import islice

import numpy as np

from eupnea.train.cases import Case
from eupnea.train.chests import SIDES, ChestSample, ChestStream


def draw(case: Case, seed: int, count: int = 8) -> list[ChestSample]:
    """The first samples of a stream."""
    return list(islice(ChestStream([case], seed=seed), count))


def test_chests_are_consistent(case: Case) -> None:
    """Signals are finite, shares lie from 0 to 1, and lungs are seen, some of them filled."""
    samples = draw(case, seed=1)
    for sample in samples:
        assert sample.signal.shape == (2, *SIDES)
        assert sample.lung.shape == SIDES
        assert np.isfinite(sample.signal).all()
        assert 0 <= sample.lung.min() <= sample.lung.max() <= 1
    assert sum(float(sample.lung.sum()) > 1000 for sample in samples) >= 6
    dense = [(sample.signal[1] > -0.6) & (sample.lung > 0.9) for sample in samples]
    assert sum(int(part.sum()) for part in dense) > 100


def test_what_was_not_scanned_is_neither_body_nor_lung(case: Case) -> None:
    """Beyond the field of view there is no lung."""
    for sample in draw(case, seed=2):
        assert sample.lung[sample.signal[0] < -0.99].sum() < 0.05 * sample.lung.sum() + 1


def test_a_seed_gives_one_stream(case: Case) -> None:
    """The same seed gives the same chests, another seed others."""
    one, same, other = (draw(case, seed, count=2)[1].signal for seed in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
