"""Many episodes at once."""

from __future__ import annotations

from itertools import islice

import numpy as np

from eupnea.train.episodes import mixed


def test_neighbouring_samples_come_from_different_cases() -> None:
    """A batch of eight sees about as many cases as chance gives, and each as often."""
    stream = mixed(lambda n: n, 8, samples=128, rng=np.random.default_rng(0))
    drawn = np.array(list(islice(stream, 8000))).reshape(-1, 8)
    assert 5.0 < np.mean([len(set(batch)) for batch in drawn]) < 5.5
    assert np.bincount(drawn.ravel(), minlength=8).min() > 900


def test_an_episode_is_used_up_and_made_anew() -> None:
    """No episode gives more samples than it may, and none is thrown away before."""
    made: list[int] = []

    def make(n: int) -> tuple[int, int]:
        made.append(n)
        return n, len(made)

    drawn = list(islice(mixed(make, 3, samples=5, rng=np.random.default_rng(1)), 300))
    counts = {episode: drawn.count(episode) for episode in drawn}
    assert max(counts.values()) == 5
    assert sum(count < 5 for count in counts.values()) <= 3
    assert len(counts) == len(made)
