"""Names of regions in a picture, beside what they name and apart from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eupnea.write.report.outline import PRECISION_MM

LABELS = 7
"""Most names in one picture: of its largest regions."""

LEAST_MM2 = 25.0
"""A region with less area in a section is outlined, and not named."""

LETTER_WIDTH = 0.62
"""Mean width of a letter, in em."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A region in a section, and the name it is to have there."""

    mask: NDArray[np.bool_]
    """Rows and columns of the picture."""
    text: str
    """Empty when it is to have none."""
    style: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name at its place, in tenths of a mm."""

    text: str
    x: float
    y: float
    anchor: str
    """As in SVG: `start`, `middle` or `end`."""
    style: str


def place_labels(
    spots: Sequence[Spot], pixel_mm: tuple[float, float], *, em: float
) -> tuple[Label, ...]:
    """Names for the largest spots, the largest first.

    Each stands beside its region, on the side of the picture's middle, or
    on the region where there is no room; it moves down until it touches no other.
    """
    area_mm2 = pixel_mm[0] * pixel_mm[1]
    sized = [(area_mm2 * float(np.count_nonzero(spot.mask)), spot) for spot in spots if spot.text]
    named = sorted((pair for pair in sized if pair[0] >= LEAST_MM2), key=lambda pair: -pair[0])
    placed: list[Label] = []
    for _, spot in named[:LABELS]:
        label = _beside(spot, pixel_mm, em)
        placed.append(_apart(label, placed, em))
    return tuple(placed)


def _beside(spot: Spot, pixel_mm: tuple[float, float], em: float) -> Label:
    high, wide = (mm / PRECISION_MM for mm in pixel_mm)
    rows, columns = np.nonzero(spot.mask)
    width = spot.mask.shape[1] * wide
    room = LETTER_WIDTH * em * len(spot.text) + em
    if columns.mean() < spot.mask.shape[1] / 2:
        column, x, anchor = columns.max(), (columns.max() + 1) * wide + em / 3, "start"
        fits = x + room < width
    else:
        column, x, anchor = columns.min(), columns.min() * wide - em / 3, "end"
        fits = x - room > 0
    y = (rows[columns == column].mean() + 0.5) * high
    if not fits:
        x, y, anchor = (columns.mean() + 0.5) * wide, (rows.mean() + 0.5) * high, "middle"
    return Label(text=spot.text, x=float(x), y=float(y), anchor=anchor, style=spot.style)


def _apart(label: Label, others: Sequence[Label], em: float) -> Label:
    y = label.y
    left, right = _span(label, em)
    for other in sorted(others, key=lambda other: other.y):
        low, high = _span(other, em)
        if left < high and low < right and abs(other.y - y) < em:
            y = other.y + em
    return replace(label, y=y)


def _span(label: Label, em: float) -> tuple[float, float]:
    width = LETTER_WIDTH * em * len(label.text)
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return left, left + width
