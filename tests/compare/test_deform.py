"""The search for a deformation, from coarse to fine."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.deform import DeformSettings, Level, deform
from eupnea.compare.descent import Descent

SHAPE = (17, 20, 21)


def _picture() -> NDArray[np.float32]:
    rough = np.random.default_rng(0).standard_normal(SHAPE)
    smooth = ndimage.gaussian_filter(rough, 1.5)
    return np.asarray(-700 + 150 * smooth / smooth.std(), dtype=np.float32)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_shift_is_found(axis: int) -> None:
    """Three voxels along any axis, within a tenth of a voxel in the middle."""
    fixed = _picture()
    moving = np.roll(fixed, 3, axis=axis)
    field = deform(fixed, moving, np.ones(SHAPE, bool), DeformSettings())
    middle = field[:, 6:-6, 6:-6, 6:-6].mean(axis=(1, 2, 3))
    expected = np.zeros(3)
    expected[axis] = 3
    np.testing.assert_allclose(middle, expected, atol=0.1)


def test_equal_images_stay_where_they_are() -> None:
    """A tenth of a voxel is what steps of settled length leave behind."""
    picture = _picture()
    field = deform(picture, picture, np.ones(SHAPE, bool), DeformSettings())
    assert np.abs(field).mean() < 0.1


def test_a_coarse_search_answers_on_its_own_grid() -> None:
    """Stopped early, the field has the shape of the last level."""
    settings = DeformSettings(levels=(Level(shrink=4, steps=1, radius=1),))
    field = deform(_picture(), _picture(), np.ones(SHAPE, bool), settings)
    assert field.shape == (3, 5, 5, 6)


def test_tension_draws_a_lone_point_to_its_neighbours() -> None:
    """Without any pull, the field grows smoother and keeps its mean sign."""
    control = np.zeros((3, 3, 3, 3), np.float32)
    control[:, 1, 1, 1] = 1
    descent = Descent(control.copy(), rate=0.1, stiffness=1.0)
    descent.step(np.zeros_like(control))
    assert (descent.control[:, 1, 1, 1] < 1).all()
    assert (descent.control[:, 0, 1, 1] > 0).all()


def test_a_step_follows_the_pull_at_the_given_rate() -> None:
    """The first step of Adam is as long as its rate, whatever the force."""
    descent = Descent(np.zeros((3, 2, 2, 2), np.float32), rate=0.3, stiffness=0.0)
    descent.step(np.full((3, 2, 2, 2), 40.0, np.float32))
    np.testing.assert_allclose(descent.control, 0.3, rtol=1e-3)
