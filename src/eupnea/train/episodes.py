"""Many diseased scans at once to draw samples from, so that neighbouring samples differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from numpy.random import Generator

Episode = TypeVar("Episode")
"""A case after one breath and one course of disease."""


def mixed(
    make: Callable[[int], Episode], cases: int, *, samples: int, rng: Generator
) -> Iterator[Episode]:
    """Episodes to draw a sample from, for ever, each from any of the cases.

    A batch that one scan fills alone teaches the network that scan's noise and
    contrast; so every case has an episode at hand, made anew when it is used up.

    Args:
        make: Makes an episode of the case with this index.
        cases: How many there are; each is as likely.
        samples: Drawn from one episode before the next is made.
        rng: Decides the order.

    Examples:
        >>> import numpy as np
        >>> stream = mixed("ab".__getitem__, 2, samples=3, rng=np.random.default_rng(1))
        >>> "".join(next(stream) for _ in range(12))
        'abbbaabbaaba'
    """
    at_hand: dict[int, Episode] = {}
    drawn = [0] * cases
    while True:
        n = int(rng.integers(cases))
        if drawn[n] % samples == 0:
            at_hand[n] = make(n)
        drawn[n] += 1
        yield at_hand[n]
