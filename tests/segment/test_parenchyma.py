"""The density of aerated lung, read from front to back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.segment.parenchyma import PLAUSIBLE_HU, read_parenchyma

SHAPE = (20, 60, 40)
ROW_MM = 2.0


def lung_hu(*, slope: float = 0.4, spread: float = 25.0) -> NDArray[np.float32]:
    """Lung of -860 HU at the middle row, denser to the back."""
    rows = (np.arange(SHAPE[1]) - (SHAPE[1] - 1) / 2) * ROW_MM
    noise = np.random.default_rng(0).normal(0, spread, SHAPE)
    return (-860 + slope * rows[None, :, None] + noise).astype(np.float32)


def test_density_slope_and_spread_are_recovered() -> None:
    """What was planted is read."""
    found = read_parenchyma(lung_hu(), np.ones(SHAPE, bool), row_mm=ROW_MM)
    assert found.mode_hu == pytest.approx(-860, abs=10)
    assert found.slope_hu_per_mm == pytest.approx(0.4, abs=0.1)
    assert found.spread_hu == pytest.approx(25, abs=5)


def test_disease_in_a_part_does_not_shift_normal() -> None:
    """Consolidation of the back third leaves the density of the rest as it was."""
    hu = lung_hu()
    hu[:, 40:] = -100
    found = read_parenchyma(hu, np.ones(SHAPE, bool), row_mm=ROW_MM)
    assert found.mode_at(np.array([15.0]))[0] == pytest.approx(-872, abs=25)


def test_the_expected_density_stays_plausible() -> None:
    """However steep the fit, the expected density stays that of aerated lung."""
    found = read_parenchyma(lung_hu(slope=5.0), np.ones(SHAPE, bool), row_mm=ROW_MM)
    expected = found.mode_at(np.arange(-500.0, 500.0))
    assert expected.min() >= PLAUSIBLE_HU[0]
    assert expected.max() <= PLAUSIBLE_HU[1]


def test_too_little_lung_has_the_density_of_the_textbook() -> None:
    """Without enough voxels nothing is fitted."""
    found = read_parenchyma(lung_hu(), np.zeros(SHAPE, bool), row_mm=ROW_MM)
    assert (found.mode_hu, found.slope_hu_per_mm) == (-850, 0)
