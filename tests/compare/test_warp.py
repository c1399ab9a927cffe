"""Deforming an image, and spreading control points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from eupnea.compare.warp import gather, spread, warp

SHAPE = (5, 6, 7)


def test_warped_values_are_interpolated() -> None:
    """As scipy does it, inside the grid."""
    rng = np.random.default_rng(0)
    image = rng.normal(size=SHAPE).astype(np.float32)
    field = rng.uniform(-1, 1, (3, *SHAPE)).astype(np.float32)
    warped, slope = np.empty(SHAPE, np.float32), np.empty((3, *SHAPE), np.float32)
    warp(image, np.ones(SHAPE, bool), field, warped, slope)
    where = np.indices(SHAPE) + field
    inside = np.all((where >= 0) & (where < np.array(SHAPE).reshape(3, 1, 1, 1) - 1.001), axis=0)
    expected = ndimage.map_coordinates(image, where, order=1, mode="nearest")
    np.testing.assert_allclose(warped[inside], expected[inside], atol=1e-5)


def test_outside_the_mask_there_is_nothing() -> None:
    """Values and slopes are zero where nothing was asked."""
    mask = np.zeros(SHAPE, bool)
    mask[2, 3, 3] = True
    image = np.arange(np.prod(SHAPE), dtype=np.float32).reshape(SHAPE)
    warped, slope = np.empty(SHAPE, np.float32), np.empty((3, *SHAPE), np.float32)
    warp(image, mask, np.zeros((3, *SHAPE), np.float32), warped, slope)
    assert np.count_nonzero(warped) == 1
    assert slope[:, 2, 3, 3].tolist() == [42.0, 7.0, 1.0]


@pytest.mark.parametrize("shape", [(5, 6, 7), (4, 4, 4), (3, 5, 2)])
def test_gather_is_the_transpose_of_spread(shape: tuple[int, int, int]) -> None:
    """For all c and f: <spread(c), f> = <c, gather(f)>."""
    rng = np.random.default_rng(1)
    points = tuple(n // 2 + 1 for n in shape)
    control = rng.normal(size=(3, *points)).astype(np.float32)
    force = rng.normal(size=(3, *shape)).astype(np.float32)
    field, back = np.empty_like(force), np.empty_like(control)
    spread(control, field)
    gather(force, back)
    assert np.vdot(field, force) == pytest.approx(np.vdot(control, back), rel=1e-4)


def test_equal_control_points_move_everything_alike() -> None:
    """Interpolation weights sum to one."""
    field = np.empty((3, *SHAPE), np.float32)
    spread(np.full((3, 3, 4, 4), 2.5, np.float32), field)
    assert (field == 2.5).all()
