"""Anatomy: lungs of an adult's size, on the right sides, in five lobes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.shapes import Place

GRID_MM = 6.0


@pytest.fixture(scope="module", params=range(4))
def anatomy(request: pytest.FixtureRequest) -> Anatomy:
    """Four patients."""
    return Anatomy.draw(np.random.default_rng(request.param))


@pytest.fixture(scope="module")
def lung_points(anatomy: Anatomy) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """All points of a coarse grid that lie in the lungs."""
    axis = np.arange(-165, 165, GRID_MM)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    return points[anatomy.depth(points) > 0]


def test_lungs_hold_some_litres(
    lung_points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    """Between 3 and 6.5 litres, the right lung a little larger or equal."""
    litres = len(lung_points) * GRID_MM**3 / 1e6
    assert 3 < litres < 6.5
    right = np.mean(lung_points[:, 0] < 0)
    assert 0.46 < right < 0.6


def test_the_lungs_are_two(anatomy: Anatomy) -> None:
    """Left and right lung nowhere touch, and neither has loose pieces of some size."""
    axis = np.arange(-165, 165, 3.0)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    inside = anatomy.depth(points.reshape(-1, 3)).reshape(points.shape[:-1]) > 0
    pieces, _ = ndimage.label(inside)
    sizes = np.sort(np.bincount(pieces.ravel())[1:])[::-1]
    assert sizes[1] > 0.6 * sizes[0]
    assert sizes[2:].sum() < 0.001 * sizes[0]


def test_every_lobe_is_there(
    anatomy: Anatomy, lung_points: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> None:
    """Each of the five lobes has at least one twentieth of the lungs."""
    lobe = anatomy.lobe(anatomy.uneven(Place.of(lung_points)))
    shares = np.bincount(lobe, minlength=6)[1:] / len(lobe)
    assert shares.min() > 0.05
    assert set(lobe[lung_points[:, 0] < -12]) <= {1, 2, 3}


def test_drawn_points_lie_as_deep_as_asked(anatomy: Anatomy) -> None:
    """No point is nearer to the surface."""
    points = anatomy.points(count=50, depth_mm=10, rng=np.random.default_rng(0))
    assert anatomy.depth(points).min() > 10
