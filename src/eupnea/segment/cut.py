"""Where an image ends before the lungs do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EDGE_SHARE = 0.02
"""Lung on the edge of the image below this share of its largest section is a tip."""

EDGES = {
    "bottom": (0, 0),
    "top": (0, -1),
    "front": (1, 0),
    "back": (1, -1),
    "right": (2, 0),
    "left": (2, -1),
}
"""Axis and end of each edge, in a scan that is stored feet first, patient's right first."""


def cut_at(lungs: NDArray[np.bool_]) -> dict[str, float]:
    """The edges of an image that cut the lungs, and the section there as a share of the largest.

    Args:
        lungs: (slices, rows, columns).

    Examples:
        >>> lungs = np.zeros((4, 8, 8), bool)
        >>> lungs[1:3, 2:6, :5] = True
        >>> cut_at(lungs)
        {'right': 1.0}
    """
    sections = [
        np.count_nonzero(lungs, axis=tuple(n for n in range(3) if n != axis)) for axis in range(3)
    ]
    shares = {
        place: float(sections[axis][end] / max(int(sections[axis].max()), 1))
        for place, (axis, end) in EDGES.items()
    }
    return {place: share for place, share in shares.items() if share > EDGE_SHARE}
