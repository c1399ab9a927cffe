"""Morphology by distance, against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eupnea.segment.morphology import closed, dilate, distance_mm, erode, opened

SPACING = (3.0, 1.0, 1.5)


def naive_dilate(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """Every voxel, compared with every voxel of the mask."""
    steps = np.array(SPACING)
    places = np.argwhere(np.ones_like(mask)) * steps
    seeds = np.argwhere(mask) * steps
    near = np.linalg.norm(places[:, None] - seeds, axis=2) <= radius
    return np.asarray(near.any(axis=1).reshape(mask.shape))


@pytest.mark.parametrize("radius", [0.5, 2.0, 3.1])
def test_dilation_is_every_voxel_within_the_radius(radius: float) -> None:
    """Dilating by distance equals comparing all pairs of voxels."""
    mask = np.random.default_rng(1).random((6, 11, 9)) > 0.95
    np.testing.assert_array_equal(dilate(mask, radius, SPACING), naive_dilate(mask, radius))


def test_erosion_is_dilation_of_the_outside() -> None:
    """Erosion and dilation are dual."""
    mask = np.random.default_rng(2).random((6, 11, 9)) > 0.2
    np.testing.assert_array_equal(erode(mask, 1.6, SPACING), ~dilate(~mask, 1.6, SPACING))


def test_opening_lies_inside_and_closing_around() -> None:
    """Opening never adds, closing never takes away."""
    mask = np.random.default_rng(3).random((6, 11, 9)) > 0.5
    assert not (opened(mask, 1.6, SPACING) & ~mask).any()
    assert not (mask & ~closed(mask, 1.6, SPACING)).any()


def test_empty_and_full_masks_stay_what_they_are() -> None:
    """Nothing grows out of nothing, and the edge of the array erodes nothing."""
    empty, full = np.zeros((3, 4, 5), bool), np.ones((3, 4, 5), bool)
    assert not closed(empty, 5.0, SPACING).any()
    assert opened(full, 5.0, SPACING).all()


@pytest.mark.parametrize("radius", [1.6, 4.0])
def test_closing_sees_nothing_beyond_the_edge(radius: float) -> None:
    """A closing is the same whether or not there is room around the mask."""
    mask = np.random.default_rng(4).random((6, 11, 9)) > 0.8
    roomy = closed(np.pad(mask, 8), radius, SPACING)
    np.testing.assert_array_equal(closed(mask, radius, SPACING), roomy[8:-8, 8:-8, 8:-8])
    assert not closed(np.pad(mask, ((0, 0), (0, 0), (3, 5))), radius, SPACING)[:, :, -3:].any()


@settings(deadline=None, max_examples=60)
@given(
    corner=st.tuples(st.integers(0, 9), st.integers(0, 12), st.integers(0, 12)),
    size=st.tuples(st.integers(1, 6), st.integers(1, 7), st.integers(1, 7)),
    radius=st.floats(0.0, 6.0),
    seed=st.integers(0, 99),
)
def test_the_box_hides_nothing(
    corner: tuple[int, int, int], size: tuple[int, int, int], radius: float, seed: int
) -> None:
    """A small mask anywhere, at the edge too, is dilated and eroded as on the whole grid."""
    mask = np.zeros((12, 15, 15), bool)
    part = tuple(slice(at, at + n) for at, n in zip(corner, size, strict=True))
    mask[part] = np.random.default_rng(seed).random(mask[part].shape) > 0.3
    outside = distance_mm(~mask, SPACING) if mask.any() else np.full(mask.shape, np.inf)
    np.testing.assert_array_equal(dilate(mask, radius, SPACING), outside <= radius)
    inside = distance_mm(mask, SPACING)
    np.testing.assert_array_equal(erode(mask, radius, SPACING), inside > radius)
