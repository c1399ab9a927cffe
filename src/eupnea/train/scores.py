"""Figures of merit."""

from __future__ import annotations

import edt
import numpy as np
from numpy.typing import ArrayLike, NDArray

NEAR_MM = 10.0
"""How far around the truth a finding still tells of it."""


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Twice the overlap over the sum of both sizes; 1 for two empty masks (Dice 1945).

    Examples:
        >>> import numpy as np
        >>> dice(np.array([True, True, False]), np.array([True, False, False]))
        0.6666666666666666
    """
    both = np.count_nonzero(found) + np.count_nonzero(truth)
    return float(2.0 * np.count_nonzero(found & truth) / both) if both else 1.0


def dice_near(
    found: NDArray[np.bool_], truth: NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> float:
    """`dice` within `NEAR_MM` of the truth: how well it is drawn, whatever is found elsewhere.

    Args:
        found: (slices, rows, columns).
        truth: The same shape.
        spacing_mm: Distances between slices, rows and columns.

    Examples:
        >>> import numpy as np
        >>> truth, found = np.zeros((2, 1, 1, 40), bool)
        >>> truth[..., 10], found[..., [10, 11, 30]] = True, True
        >>> round(dice(found, truth), 2), round(dice_near(found, truth, (1, 1, 1)), 2)
        (0.5, 0.67)
    """
    near = edt.edt(~truth, anisotropy=spacing_mm) <= NEAR_MM
    return dice(found & near, truth)


def area_under_curve(scores: ArrayLike, positive: ArrayLike) -> float:
    """Chance that a positive scores above a negative, ties counting half (Mann-Whitney).

    Raises:
        ValueError: If all or none are positive.

    Examples:
        >>> area_under_curve([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
        0.75
    """
    score = np.asarray(scores, dtype=np.float64)
    mark = np.asarray(positive, dtype=bool)
    if mark.all() or not mark.any():
        raise ValueError(f"expected positives and negatives, found {mark.sum()} of {mark.size}")
    above = np.sign(score[mark][:, None] - score[~mark][None, :])
    return float(0.5 + 0.5 * above.mean())


def expected_calibration_error(certainty: ArrayLike, true: ArrayLike, *, bins: int = 10) -> float:
    """Mean gap between certainty and frequency, weighted by bin (Guo et al. 2017)."""
    sure = np.asarray(certainty, dtype=np.float64)
    hit = np.asarray(true, dtype=np.float64)
    index = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(index, weights=sure - hit, minlength=bins)
    return float(np.abs(gaps).sum() / max(sure.size, 1))
