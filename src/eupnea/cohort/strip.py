"""How a share is spread over the cases, laid out for the template to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, LEFT, RIGHT = 1016, 12, 1004
"""Of the drawing, and of its axis, in pixels of its own view."""

DOT = 7
"""Diameter of a case's dot; dots that would touch are stacked."""

LEVELS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""Shares that the axis may name."""


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One dot for each case over an axis of shares, with the quartiles."""

    dots: tuple[tuple[float, float], ...]
    """Places from the left and above the axis, in the order of the cases."""
    levels: tuple[tuple[float, float], ...]
    """Shares that the axis names, and their places."""
    quartiles: tuple[float, float, float]
    """Places of the lower quartile, the median and the upper one."""
    height: int
    """Of the highest stack, in pixels."""


def strip(shares: Sequence[float]) -> Strip:
    """Lays out the shares of a cohort, 0 to 1; the axis grows with their square root.

    Most patients have little abnormal lung, and few have much: on such an axis both can be read.

    Examples:
        >>> drawn = strip([0.0, 0.0, 0.25])
        >>> drawn.dots
        ((12.0, 0.0), (12.0, 7.0), (917.6, 0.0))
    """
    top = next((level for level in LEVELS[1:] if level >= max(shares)), 1.0)
    stacks: Counter[int] = Counter()
    dots = []
    for share in shares:
        place = _place(share, top)
        column = round(place / DOT)
        dots.append((place, float(DOT * stacks[column])))
        stacks[column] += 1
    low, middle, high = (_place(float(q), top) for q in np.quantile(shares, (0.25, 0.5, 0.75)))
    return Strip(
        dots=tuple(dots),
        levels=tuple((level, _place(level, top)) for level in LEVELS if level <= top),
        quartiles=(low, middle, high),
        height=DOT * max(stacks.values()),
    )


def _place(share: float, top: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * float(np.sqrt(min(share / top, 1.0))), 1)
