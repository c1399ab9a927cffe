"""The chest as a whole, as a network sees it."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.geometry import Geometry
from eupnea.segment.chest import CHEST_SIDE_MULTIPLE, CHEST_SPACING_MM, ChestGrid, chest_of
from eupnea.segment.coarse import Coarse
from eupnea.volume import Volume


@pytest.mark.parametrize("spacing_mm", [(2.0, 2.0, 2.0), (3.0, 1.4, 1.4), (9.0, 2.2, 2.2)])
def test_a_chest_goes_there_and_back(spacing_mm: tuple[float, float, float]) -> None:
    """A smooth field survives the way to the chest's grid and back, in its place."""
    shape = tuple(round(120 / step) for step in spacing_mm)
    k, j, i = (np.arange(n) * step for n, step in zip(shape, spacing_mm, strict=True))
    wave = np.sin(k[:, None, None] / 30) + np.sin(j[:, None] / 35) + np.cos(i / 40)
    grid = ChestGrid.of(wave.shape, spacing_mm)
    chest = grid.shrink(wave)
    assert chest.shape == tuple(
        round(n * step / CHEST_SPACING_MM) for n, step in zip(shape, spacing_mm, strict=True)
    )
    spare = np.pad(chest, [(0, 7)] * 3, constant_values=99.0)
    inner = tuple(slice(round(10 / step), -round(10 / step)) for step in spacing_mm)
    assert np.abs(grid.restore(spare) - wave)[inner].max() < 0.06


def test_the_signal_is_padded_by_air() -> None:
    """Sides that the network can halve; what was not scanned is air."""
    hu = np.full((21, 30, 40), 40, np.int16)
    geometry = Geometry.regular(shape=(21, 30, 40), spacing_mm=(2.0, 2.0, 2.0))
    _, signal = chest_of(Coarse.of(Volume(voxels=hu, geometry=geometry)))
    assert signal.shape[:2] == (1, 2)
    assert all(side % CHEST_SIDE_MULTIPLE == 0 for side in signal.shape[2:])
    assert np.allclose(signal[0, 1, :5, :7, :10], 0.0, atol=1e-6)
    assert (signal[0, :, 5:] == -1).all()
