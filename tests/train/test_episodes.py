"""Which case a training sample comes from."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from eupnea.train.episodes import episodes


@pytest.mark.parametrize("at_once", [1, 2, 5, 8])
def test_an_episode_gives_its_samples_and_no_more(at_once: int) -> None:
    """Only those still at hand are not used up, and every case comes as often as the others."""
    made: list[int] = []

    def make(n: int) -> int:
        made.append(n)
        return len(made)

    rng = np.random.default_rng(at_once)
    counts = Counter(islice(episodes(make, 5, samples=6, at_once=at_once, rng=rng), 600))
    assert max(counts.values()) == 6
    assert sum(count < 6 for count in counts.values()) <= at_once
    times = Counter(made)
    assert max(times.values()) - min(times.values()) <= 1


def test_one_at_once_is_used_up_before_the_next() -> None:
    """Samples of a scan follow one another."""
    rng = np.random.default_rng(0)
    drawn = list(islice(episodes(lambda n: n, 4, samples=7, at_once=1, rng=rng), 56))
    assert all(len(set(drawn[i : i + 7])) == 1 for i in range(0, 56, 7))


def test_many_at_once_fill_a_batch_with_different_scans() -> None:
    """A batch of eight sees as many cases as chance gives."""
    rng = np.random.default_rng(0)
    drawn = np.array(list(islice(episodes(lambda n: n, 8, samples=128, at_once=8, rng=rng), 8000)))
    assert 4.5 < np.mean([len(set(batch)) for batch in drawn.reshape(-1, 8)]) < 5.5
