"""Texture and noise: seamless, of unit size, correlated as the kernel says."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.phantom.plan import Kernel
from eupnea.phantom.texture import TILE, SliceNoise, sample, tile


def test_a_tile_repeats_without_a_seam() -> None:
    """Its values one period further on are the same."""
    field = tile(np.random.default_rng(0), 1.0)
    x, y, z = np.random.default_rng(1).uniform(-200, 200, size=(3, 500)).astype(np.float32)
    here = sample(field, (z, y, x), step_mm=1.0)
    there = sample(field, (z, y + TILE, x - TILE), step_mm=1.0)
    np.testing.assert_allclose(here, there, atol=1e-2)


def test_a_tile_has_unit_size() -> None:
    """Mean 0, standard deviation 1."""
    field = tile(np.random.default_rng(0), 0.7, 3.0)
    assert abs(float(field.mean())) < 1e-3
    assert float(field.std()) == pytest.approx(1, abs=1e-3)


def _neighbours(kernel: Kernel) -> float:
    """Correlation of neighbouring columns."""
    noise = SliceNoise(kernel, (1.0, 0.7, 0.7), np.random.default_rng(0)).draw((256, 256))
    return float(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1])


def test_a_sharp_kernel_has_finer_noise() -> None:
    """Neighbours are less alike than under the soft kernel, and alike under both."""
    assert 0 < _neighbours(Kernel.LUNG) < _neighbours(Kernel.SOFT) < 0.95


def test_noise_has_unit_size_and_joins_slices() -> None:
    """Standard deviation 1 in each slice; neighbouring thin slices are correlated."""
    noise = SliceNoise(Kernel.SOFT, (1.0, 0.7, 0.7), np.random.default_rng(0))
    slices = [noise.draw((128, 128)) for _ in range(6)]
    assert np.std(slices) == pytest.approx(1, abs=0.05)
    assert np.corrcoef(slices[4].ravel(), slices[5].ravel())[0, 1] == pytest.approx(0.45, abs=0.1)
