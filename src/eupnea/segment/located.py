"""Where the chest as a whole places the lungs, as one more plane to judge by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from eupnea.segment.averages import Weights, resample
from eupnea.segment.blocks import Blocks
from eupnea.segment.pixel_axis import PixelAxis

Planes = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Located:
    """How sure each voxel of a coarse grid is lung, by the chest as a whole."""

    sure: NDArray[np.float32]
    """(slices, rows, columns), 0 to 1."""
    blocks: Blocks
    """The grid that it lies on, and the scan's."""

    def planes(
        self, heights: NDArray[np.intp], rows: PixelAxis, columns: PixelAxis
    ) -> Iterator[Planes]:
        """What is said at some slices of the scan, one by one, on the pixels of two axes."""
        slices, *factors = self.blocks.factors
        there = [
            _of_blocks(axis, factor, count)
            for axis, factor, count in zip(
                (rows, columns), factors, self.sure.shape[1:], strict=True
            )
        ]
        for height in heights:
            yield resample(there[0], self.sure[height // slices], there[1])


def with_located(planes: Planes, sure: Planes | None) -> Planes:
    """Planes and one more: from -1, surely no lung, to 1; 0 where nobody was asked.

    Args:
        planes: (batch, channels, rows, columns).
        sure: (batch, rows, columns), 0 to 1; what lies beyond its far ends is no lung.

    Examples:
        >>> planes = np.zeros((1, 9, 2, 2), np.float32)
        >>> with_located(planes, np.array([[[0.5, 1.0]]], np.float32))[0, 9].tolist()
        [[0.0, 1.0], [-1.0, -1.0]]
        >>> with_located(planes, None)[0, 9].tolist()
        [[0.0, 0.0], [0.0, 0.0]]
    """
    batch, _, *sides = planes.shape
    told = np.zeros((batch, 1, *sides), np.float32)
    if sure is not None:
        told -= 1
        told[:, 0, : sure.shape[1], : sure.shape[2]] += 2 * sure
    return np.concatenate([planes, told], axis=1)


def _of_blocks(axis: PixelAxis, factor: int, count: int) -> Weights:
    """How each pixel averages blocks of voxels, each as long as a factor."""
    there = axis.there.tocoo()
    blocks = (axis.voxels.start + there.col) // factor
    shape = (there.shape[0], count)
    return sparse.csr_array((there.data, (there.row, blocks)), shape=shape)
