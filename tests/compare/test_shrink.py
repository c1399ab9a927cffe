"""Fine scans on coarser voxels."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.compare.shrink import shrink_organ
from eupnea.compare.working import WorkingImage
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume


def test_blocks_are_means_and_the_last_may_be_short() -> None:
    """Against numpy; densities are clipped, and all but the organ is one value."""
    rng = np.random.default_rng(0)
    hu = rng.integers(-1100, 200, (4, 5, 7)).astype(np.int16)
    roi = rng.random(hu.shape) < 0.6
    out, inside = np.empty((2, 3, 3), np.float32), np.empty((2, 3, 3), np.float32)
    shrink_organ(hu, roi, (2, 2, 3), (-1000.0, -100.0), -300.0, out, inside)
    expected = np.where(roi, np.clip(hu, -1000, -100), -300)
    for k, j, i in np.ndindex(out.shape):
        block = np.s_[2 * k : 2 * k + 2, 2 * j : 2 * j + 2, 3 * i : 3 * i + 3]
        assert out[k, j, i] == pytest.approx(expected[block].mean())
        assert inside[k, j, i] == pytest.approx(roi[block].mean())


def test_a_fine_scan_looks_like_a_coarse_one() -> None:
    """The same tissue on voxels of 1.5 mm and of 0.5 mm reads alike at the working grid."""
    rng = np.random.default_rng(1)
    waves, phases = rng.uniform(-0.25, 0.25, (4, 3)), rng.uniform(0, 6, 4)

    def scan(step: float) -> WorkingImage:
        size = int(48 / step)
        origin = (step / 2, step / 2, step / 2)
        grid = Geometry.regular(shape=(size,) * 3, spacing_mm=(step,) * 3, origin_mm=origin)
        points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
        hu = -700 + 70 * np.cos(points @ waves.T + phases).sum(axis=-1)
        inside = np.linalg.norm(points - 24, axis=-1) < 18
        roi = Mask(voxels=inside, geometry=grid)
        return WorkingImage.of(Volume(voxels=hu.astype(np.int16), geometry=grid), roi)

    fine, coarse = scan(0.5), scan(1.5)
    assert fine.hu.shape == coarse.hu.shape
    grid = Geometry.regular(shape=(16,) * 3, spacing_mm=(2.0,) * 3, origin_mm=(9.0,) * 3)
    (first, first_roi), (second, second_roi) = (
        image.read(grid, np.eye(4)) for image in (fine, coarse)
    )
    deep = first_roi & second_roi
    assert deep.mean() > 0.4
    assert np.abs(first - second)[deep].mean() < 8
