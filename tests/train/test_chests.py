"""The stream of whole chests."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np

from eupnea.train.cases import Case
from eupnea.train.chests import LEAST_SLICES, SIDES, ChestSample, ChestStream, one_lung


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


def test_a_close_field_of_view_shows_one_lung() -> None:
    """Nothing of the other is seen, and at least so many slices that anatomy shows."""
    lung = np.zeros(SIDES, np.float32)
    lung[8:40, 12:36, 6:20] = lung[8:40, 12:36, 28:42] = 1
    for seed in range(50):
        view = one_lung(lung, np.random.default_rng(seed))
        assert (view & (lung > 0)).any()
        assert not (view[:, :, :20].any() and view[:, :, 28:].any())
        assert np.count_nonzero(view.any(axis=(1, 2))) >= LEAST_SLICES
        inside = np.flatnonzero(view.any(axis=(0, 2)))
        assert view[:, inside[0] : inside[-1] + 1].any(axis=(0, 2)).all()


def test_lung_that_nobody_drew_is_unknown(case: Case) -> None:
    """In most samples it is seen, and nowhere lung."""
    beside = np.zeros_like(case.lung)
    beside[6:18, 20:60, 48:60] = True
    samples = draw(replace(case, unknown=case.unknown | beside), seed=1)
    assert sum(bool((sample.known < 0.5).any()) for sample in samples) > 4
    assert all((sample.lung[sample.known < 0.1] < 0.9).all() for sample in samples)
    assert all((sample.known > 0.999).all() for sample in draw(case, seed=1))
