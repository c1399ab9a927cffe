"""Evidence pooled over a neighbourhood."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from eupnea.segment.pooled import LEAST_ROI, LEAST_SHARE, POOLED_MM, REACH, Shares, pooled

SPACING_MM = (3.0, 1.5, 1.5)
SIDES = (6, 9, 8)


def shares(seed: int, *, below: Shares | None = None) -> Shares:
    """Random shares, of the organ or of what is normal of it."""
    drawn = np.random.default_rng(seed).random(SIDES, dtype=np.float32)
    return drawn if below is None else drawn * below


def naive(roi: Shares, normal: Shares) -> NDArray[np.float64]:
    """The mean of the log odds, pixel by pixel, over every neighbour in reach."""
    share = np.clip(normal / np.maximum(roi, LEAST_ROI), LEAST_SHARE, 1 - LEAST_SHARE)
    evidence = np.log(share / (1 - share))
    reach = [int(REACH * POOLED_MM / step + 0.5) for step in SPACING_MM]
    found = np.zeros(SIDES)
    for place in np.ndindex(*SIDES):
        total = weight = 0.0
        for offset in np.ndindex(*(2 * n + 1 for n in reach)):
            away = np.array(offset) - reach
            near = tuple(np.clip(np.array(place) + away, 0, np.array(SIDES) - 1))
            far_mm = np.linalg.norm(away * SPACING_MM)
            kernel = roi[near] * np.exp(-0.5 * (far_mm / POOLED_MM) ** 2)
            total, weight = total + kernel * evidence[near], weight + kernel
        found[place] = roi[place] / (1 + np.exp(-total / weight))
    return found


def test_log_odds_are_averaged_over_the_neighbours_of_the_organ() -> None:
    """As each pixel computed by itself."""
    roi = 0.2 + 0.8 * shares(1)
    normal = shares(2, below=roi)
    np.testing.assert_allclose(pooled(roi, normal, SPACING_MM), naive(roi, normal), atol=1e-5)


@given(st.integers(0, 1000))
def test_normal_is_a_part_of_the_organ(seed: int) -> None:
    """However the evidence lies, and it stays within what it was pooled from."""
    roi = shares(seed)
    found = pooled(roi, shares(seed + 1, below=roi), SPACING_MM)
    assert (found >= 0).all()
    assert (found <= roi + 1e-6).all()


def test_what_lies_beyond_the_organ_has_no_say() -> None:
    """Beside the organ anything may be said: what is in it stays as it is."""
    roi = np.zeros(SIDES, np.float32)
    roi[:, :, :4] = 1.0
    normal = 0.9 * roi
    other = normal.copy()
    other[:, :, 4:] = 0.5
    np.testing.assert_array_equal(
        pooled(roi, normal, SPACING_MM)[:, :, :4], pooled(roi, other, SPACING_MM)[:, :, :4]
    )
    np.testing.assert_allclose(pooled(roi, normal, SPACING_MM)[:, :, :4], 0.9, atol=1e-5)


def test_no_organ_is_left_as_it_is() -> None:
    """Where nothing belongs to the organ nothing is normal."""
    nothing = np.zeros(SIDES, np.float32)
    assert not pooled(nothing, nothing, SPACING_MM).any()
