"""The box around a mask: most of a scan need not be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]
Margin = tuple[int, int, int]


def box_of(mask: NDArray[np.bool_], margin: Margin = (0, 0, 0)) -> Box:
    """The smallest box of slices around a mask, widened within the grid; all of it if empty.

    Args:
        mask: (slices, rows, columns).
        margin: Voxels by which the box is widened on both sides of each axis.

    Examples:
        >>> mask = np.zeros((5, 6, 7), bool)
        >>> mask[2, 3:5, 0] = True
        >>> box_of(mask, (1, 0, 2))
        (slice(1, 4, None), slice(3, 5, None), slice(0, 3, None))
    """
    spans = []
    for axis, others in enumerate(((1, 2), (0, 2), (0, 1))):
        present = np.flatnonzero(np.any(mask, axis=others))
        where = present if len(present) else np.arange(mask.shape[axis])
        low, high = int(where[0]) - margin[axis], int(where[-1]) + 1 + margin[axis]
        spans.append(slice(max(low, 0), min(high, mask.shape[axis])))
    return spans[0], spans[1], spans[2]


def covers(outer: Box, inner: Box) -> bool:
    """Whether a box holds all of another one.

    Examples:
        >>> covers((slice(0, 4),) * 3, (slice(1, 4),) * 3)
        True
        >>> covers((slice(1, 4),) * 3, (slice(0, 4),) * 3)
        False
    """
    pairs = zip(outer, inner, strict=True)
    return all(one.start <= other.start and other.stop <= one.stop for one, other in pairs)
