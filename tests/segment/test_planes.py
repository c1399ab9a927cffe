"""A scan as the planes that a network judges, and back."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.segment.planes import PlaneGrid
from support.toy_networks import scan_of


@pytest.mark.parametrize("spacing_mm", [(1.0, 0.7, 0.7), (2.0, 1.0, 1.0), (5.0, 0.9, 0.9)])
def test_planes_go_there_and_back(spacing_mm: tuple[float, float, float]) -> None:
    """A smooth field survives the way to the planes and back, at any spacing."""
    k, j, i = np.ogrid[:24, :90, :100]
    wave = (
        np.sin(k * spacing_mm[0] / 25)
        + np.sin(j * spacing_mm[1] / 20)
        + np.cos(i * spacing_mm[2] / 20)
    )
    share = 0.5 + wave / 8
    hu = np.rint(-1000 + 1000 * share).astype(np.int16)
    hu[:, :4, :4] = hu[:, -4:, -4:] = 40
    scan = scan_of(hu, spacing_mm)
    grid = PlaneGrid.of(scan)
    signals = np.concatenate(list(grid.signals(scan, batch=4)))
    shares = (signals[:, signals.shape[1] // 2] * 400.0 + 400.0) / 1000.0
    back = grid.restore(shares.astype(np.float32)) / 255.0
    inner = (slice(3, -3), slice(6, -6), slice(6, -6))
    assert np.abs(back - share)[inner].max() < 0.03


def test_slices_between_judged_planes_lie_between_them() -> None:
    """Each slice is linear between the judged planes; after the last one it is the last."""
    hu = np.full((12, 40, 40), 40, np.int16)
    grid = PlaneGrid.of(scan_of(hu, (0.6, 1.5, 1.5)))
    assert grid.heights.tolist() == [0, 2, 4, 6, 8, 10]
    shares = np.array([0.0, 1.0, 0.2, 0.6, 0.6, 0.0], np.float32)
    planes = np.broadcast_to(shares[:, None, None], (6, 40, 40))
    expected = np.interp(np.arange(12), grid.heights, 255 * shares)
    assert np.abs(grid.restore(planes)[:, 20, 20] - expected).max() <= 0.51
