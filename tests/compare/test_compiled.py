"""A compiled loop and the Python it is written in are one function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.compare import box_sum, resample, shrink, warp
from eupnea.compare.correlation import LocalCorrelation
from eupnea.compare.descent import Descent
from eupnea.compare.displacement import Displacement
from eupnea.compare.mapping import Mapping
from eupnea.geometry import Geometry

Image = NDArray[np.float32]

SHAPE = (5, 6, 7)
GRID = Geometry.regular(shape=SHAPE, spacing_mm=(2.0, 1.5, 1.0), origin_mm=(1.0, 2.0, 3.0))


def _image(*shape: int, seed: int = 0) -> Image:
    return np.random.default_rng(seed).normal(-500, 200, shape or SHAPE).astype(np.float32)


def _field(seed: int = 0) -> Image:
    return np.random.default_rng(seed).normal(0, 0.4, (3, *SHAPE)).astype(np.float32)


def _displacement() -> Displacement:
    return Displacement(vectors=np.moveaxis(_field(), 0, -1), geometry=GRID)


def _box_sum() -> list[NDArray[np.floating]]:
    out = np.empty(SHAPE, np.float32)
    box_sum.box_sum(_image(), 1, out)
    return [out]


def _correlation() -> list[NDArray[np.floating]]:
    mask = np.ones(SHAPE, bool)
    mask[0] = False
    force = np.empty((3, *SHAPE), np.float32)
    value = LocalCorrelation(_image(), mask, 1).pull(_image(seed=1), _field(), force)
    return [force, np.array([value])]


def _descent() -> list[NDArray[np.floating]]:
    descent = Descent(_field(), rate=0.3, stiffness=0.5)
    descent.step(_field(1))
    descent.step(_field(2))
    return [descent.control]


def _warp() -> list[NDArray[np.floating]]:
    mask = np.ones(SHAPE, bool)
    mask[:, 0] = False
    warped, slope = np.empty(SHAPE, np.float32), np.empty((3, *SHAPE), np.float32)
    warp.warp(_image(), mask, 3 * _field(), warped, slope)
    return [warped, slope]


def _control_points() -> list[NDArray[np.floating]]:
    control = np.random.default_rng(3).normal(size=(3, 3, 4, 4)).astype(np.float32)
    field, force = np.empty((3, *SHAPE), np.float32), _field(4)
    force[:, 2, 2, 2] = 0
    warp.spread(control, field)
    warp.gather(force, control)
    return [field, control]


def _resample() -> list[NDArray[np.floating]]:
    out = np.empty((4, 4, 9), np.float32)
    matrix = np.array([[1.1, 0.1, 0.0, 0.2], [0.0, 1.3, 0.0, -0.1], [0.0, 0.0, 0.9, 0.0]])
    resample.resample(_image(), matrix, -300.0, out)
    return [out]


def _shrink() -> list[NDArray[np.floating]]:
    out, inside = np.empty((3, 3, 3), np.float32), np.empty((3, 3, 3), np.float32)
    roi = _image() > -550
    shrink.shrink_organ(_image(), roi, (2, 2, 3), (-900.0, -200.0), -300.0, out, inside)
    return [out, inside]


def _walk() -> list[NDArray[np.floating]]:
    points = GRID.to_mm(np.random.default_rng(5).uniform(-1, 7, (20, 3)))
    field = _displacement()
    return [field.apply(points), field.undo(points), field.jacobian()]


def _carry() -> list[NDArray[np.floating]]:
    mapping = Mapping(affine=np.eye(4), residual=_displacement())
    flat = np.arange(np.prod(SHAPE), dtype=np.intp)
    target = Geometry.regular(shape=(4, 5, 6), spacing_mm=(2.2, 1.7, 1.1))
    return [mapping.carry(flat, GRID, target).astype(float)]


@pytest.mark.parametrize(
    "compute",
    [
        _box_sum,
        _correlation,
        _descent,
        _warp,
        _control_points,
        _resample,
        _shrink,
        _walk,
        _carry,
    ],
)
def test_compiled_and_interpreted_agree(
    compute: Callable[[], list[NDArray[np.floating]]], interpret: Callable[[], None]
) -> None:
    """The compiler changes how fast a loop is, and no result beyond rounding."""
    fast = compute()
    interpret()
    for compiled, interpreted in zip(fast, compute(), strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=2e-3, atol=2e-3)
