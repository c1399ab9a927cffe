"""Local correlation: its value, its gradient, and what it ignores."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.compare.correlation import NOISE_VARIANCE, LocalCorrelation
from eupnea.compare.warp import warp
from naive.local_correlation import local_correlation

SHAPE = (6, 7, 8)
Image = NDArray[np.float32]


def _image(seed: int) -> Image:
    return np.random.default_rng(seed).normal(-700, 80, SHAPE).astype(np.float32)


@pytest.fixture
def mask() -> NDArray[np.bool_]:
    """Some voxels, in pieces."""
    return np.random.default_rng(2).random(SHAPE) < 0.7


def _value(fixed: Image, moving: Image, mask: NDArray[np.bool_], radius: int = 1) -> float:
    slope = np.zeros((3, *SHAPE), np.float32)
    return LocalCorrelation(fixed, mask, radius).pull(moving, slope, np.empty_like(slope))


@pytest.mark.parametrize("radius", [1, 2])
def test_the_value_is_the_naive_one(mask: NDArray[np.bool_], radius: int) -> None:
    """Sums of sums give the mean correlation of all windows."""
    fixed, moving = _image(0), _image(1)
    expected = local_correlation(
        fixed.astype(float), moving.astype(float), mask, radius, NOISE_VARIANCE
    )
    assert _value(fixed, moving, mask, radius) == pytest.approx(expected, abs=2e-4)


def test_an_image_resembles_itself_most(mask: NDArray[np.bool_]) -> None:
    """Damped by the noise term, the value stays just below 1."""
    same = _value(_image(0), _image(0), mask)
    assert 0.8 < same < 1
    assert abs(_value(_image(0), _image(1), mask)) < 0.2


def test_a_constant_added_to_the_density_changes_nothing(mask: NDArray[np.bool_]) -> None:
    """Breath makes a whole neighbourhood denser; that is not movement."""
    fixed, moving = _image(0), _image(0)
    assert _value(fixed, moving + 90, mask) == pytest.approx(_value(fixed, moving, mask), abs=1e-3)


def test_the_force_is_the_gradient(mask: NDArray[np.bool_]) -> None:
    """Moving one voxel a little changes the sum of correlations as the force says.

    The window sums that a force is made of leave out one small term, the
    share of the voxel itself in its window's mean; hence the tolerance.
    """
    fixed, moving = _image(0), _image(1)
    field = np.full((3, *SHAPE), 0.3, np.float32)
    similarity = LocalCorrelation(fixed, mask, 2)
    slope, force = np.empty_like(field), np.empty_like(field)
    warped = np.empty(SHAPE, np.float32)

    def total() -> float:
        warp(moving, mask, field, warped, slope)
        return similarity.pull(warped, slope, force) * float(mask.sum())

    total()
    gradient = force.copy()
    for axis, k, j, i in [(0, 2, 3, 4), (1, 3, 2, 2), (2, 1, 4, 5)]:
        if not mask[k, j, i]:
            continue
        step = np.float32(0.02)
        field[axis, k, j, i] += step
        above = total()
        field[axis, k, j, i] -= 2 * step
        below = total()
        field[axis, k, j, i] += step
        slope_here = (above - below) / (2 * float(step))
        assert gradient[axis, k, j, i] == pytest.approx(slope_here, rel=0.05, abs=2e-3)
