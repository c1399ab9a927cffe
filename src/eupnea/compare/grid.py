"""Voxels of a grid, as lists of indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def voxel_indices(shape: Sequence[int], start: Sequence[int] = (0, 0, 0)) -> NDArray[np.intp]:
    """All indices (n, 3) of an array, in C order, counted from `start`.

    Examples:
        >>> voxel_indices((1, 1, 2), start=(5, 0, 0)).tolist()
        [[5, 0, 0], [5, 0, 1]]
    """
    axes = [np.arange(n, dtype=np.intp) + first for n, first in zip(shape, start, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
