"""How much the lung around a place was stretched, and what that allows a region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eupnea.compare import RepeatabilityLimits
from eupnea.compare.breath import LocalBreath
from eupnea.compare.displacement import Displacement
from eupnea.compare.mapping import Mapping
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from support.drawn_scans import still

GRID = Geometry.regular(shape=(40, 40, 40), spacing_mm=(2.0, 2.0, 2.0))


def _roi() -> Mask:
    return Mask(voxels=np.ones(GRID.shape, bool), geometry=GRID)


def test_an_affine_map_stretches_everything_alike() -> None:
    """By its determinant."""
    alignment = still(GRID, GRID)
    wide = replace(alignment, forward=Mapping(affine=np.diag([1.1, 1.1, 1.0, 1.0])))
    breath = LocalBreath(alignment=wide, roi=_roi())
    assert breath.at((40.0, 40.0, 40.0)) == pytest.approx(1.21)


def test_the_lower_lung_breathes_more() -> None:
    """A field that stretches the lower half along z alone; far places take the nearest one."""
    vectors = np.zeros((*GRID.shape, 3))
    height = np.arange(40)[:, None, None] * 2.0
    vectors[..., 2] = -0.2 * np.maximum(40.0 - height, 0)
    residual = Displacement(vectors=vectors, geometry=GRID)
    moved = replace(still(GRID, GRID), forward=Mapping(affine=np.eye(4), residual=residual))
    breath = LocalBreath(alignment=moved, roi=_roi())
    assert breath.at((40.0, 40.0, 4.0)) == pytest.approx(1.2, abs=0.03)
    assert breath.at((40.0, 40.0, 76.0)) == pytest.approx(1.0, abs=0.03)
    assert breath.at((40.0, 40.0, -90.0)) == pytest.approx(1.2, abs=0.03)


@pytest.mark.parametrize(
    ("before", "after", "breath", "beyond"),
    [
        (10, 13, 1.0, True),
        (10, 13, 1.2, False),
        (10, 16, 1.2, True),
        (10, 13, 0.8, True),
        (10, 7, 0.8, False),
        (10, 6, 0.8, True),
        (10, 10, 0.7, False),
    ],
)
def test_a_change_that_breath_explains_is_none(
    before: float, after: float, breath: float, *, beyond: bool
) -> None:
    """Beyond the limit as measured and with the breath taken out; else it is not called."""
    limits = RepeatabilityLimits()
    assert limits.is_beyond(before, after, breath) is beyond
    assert limits.is_beyond(after, before, 1 / breath) is beyond
    change = 100 * abs(after - before) / before
    assert (change > limits.percent(before, after, breath)) is beyond
