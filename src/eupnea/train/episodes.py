"""Which case a training sample comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from numpy.random import Generator

Episode = TypeVar("Episode")
"""A case after one breath and one course of disease."""


def episodes(
    make: Callable[[int], Episode], cases: int, *, samples: int, at_once: int, rng: Generator
) -> Iterator[Episode]:
    """The episode to draw each next sample from, for ever.

    With one at once a batch shows one scan, and batch norm takes what that scan
    has of its own off; with many, batches are alike and the loss is steadier.

    Args:
        make: Makes an episode of the case with this index.
        cases: How many there are; each comes as often as the others.
        samples: Drawn from one episode before another takes its place.
        at_once: How many are drawn from in turn, at random.
        rng: Decides the order.

    Examples:
        >>> import numpy as np
        >>> for at_once in (1, 3):
        ...     rng = np.random.default_rng(1)
        ...     drawn = episodes("abc".__getitem__, 3, samples=3, at_once=at_once, rng=rng)
        ...     "".join(next(drawn) for _ in range(12))
        'aaabbbcccccc'
        'aaccaccccbbb'
    """
    order = _for_ever(cases, rng)
    at_hand = [(make(next(order)), samples) for _ in range(at_once)]
    while True:
        n = int(rng.integers(at_once))
        episode, left = at_hand[n]
        if not left:
            episode, left = make(next(order)), samples
        at_hand[n] = episode, left - 1
        yield episode


def _for_ever(cases: int, rng: Generator) -> Iterator[int]:
    """Every case in a new order, again and again."""
    while True:
        yield from (int(n) for n in rng.permutation(cases))
