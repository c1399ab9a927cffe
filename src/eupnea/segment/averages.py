"""Resampling along one axis as a matrix: each target averages a few sources."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Weights = sparse.csr_array[np.float32]
"""(targets, sources): how each target averages a few sources."""


def averages(
    targets_mm: NDArray[np.float64], sources_mm: NDArray[np.float64], *, reach_mm: float
) -> Weights:
    """Triangle weights, each row of sum 1; beyond the ends, the end.

    Args:
        targets_mm: Places to be filled, ascending.
        sources_mm: Places that are known, ascending.
        reach_mm: Half of the triangle's base; the sources' spacing makes it
            linear interpolation.

    Examples:
        >>> places = np.arange(3.0)
        >>> averages(np.array([0.5, 5.0]), places, reach_mm=1.0).toarray().tolist()
        [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    inside = np.clip(targets_mm, sources_mm[0], sources_mm[-1])
    gap = np.abs(inside[:, None] - sources_mm[None, :])
    weights = np.clip(1.0 - gap / reach_mm, 0.0, None)
    return sparse.csr_array((weights / weights.sum(axis=1, keepdims=True)).astype(np.float32))


def resample(rows: Weights, plane: NDArray[np.float32], columns: Weights) -> NDArray[np.float32]:
    """A plane along both of its axes.

    Args:
        rows: (targets, sources).
        plane: (sources of rows, sources of columns).
        columns: (targets, sources).
    """
    return np.ascontiguousarray((columns @ (rows @ plane).T).T, dtype=np.float32)


def sources_of(weights: Weights) -> slice:
    """The sources from the first to the last that any target needs.

    Examples:
        >>> sources_of(averages(np.array([1.2, 2.5]), np.arange(9.0), reach_mm=1.0))
        slice(1, 4, None)
    """
    used = weights.indices[weights.data > 0]
    return slice(int(used.min()), int(used.max()) + 1)
