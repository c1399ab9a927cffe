"""Where the chest as a whole places the lungs, as one more plane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eupnea.geometry import Geometry
from eupnea.segment.averages import resample
from eupnea.segment.blocks import Blocks
from eupnea.segment.located import Located
from eupnea.segment.pixel_axis import PixelAxis


@settings(deadline=None, max_examples=40)
@given(
    spacing_mm=st.tuples(*[st.floats(0.5, 3.0)] * 3),
    first=st.tuples(st.integers(0, 8), st.integers(0, 8)),
    seed=st.integers(0, 99),
)
def test_planes_are_those_of_the_scans_own_grid(
    spacing_mm: tuple[float, float, float], first: tuple[int, int], seed: int
) -> None:
    """As if each block's voxels had been filled, and then brought to the pixels."""
    blocks = Blocks.of(Geometry.regular(shape=(7, 33, 41), spacing_mm=spacing_mm), spacing_mm=2.0)
    sure = np.random.default_rng(seed).random(blocks.geometry.shape, np.float32)
    axes = [
        PixelAxis.of(slice(2, size - 3), slice(2 + start, size - 3), step)
        for start, size, step in zip(first, (33, 41), spacing_mm[1:], strict=True)
    ]
    heights = np.array([0, 3, 6])
    found = np.stack(list(Located(sure=sure, blocks=blocks).planes(heights, *axes)))
    fine = blocks.to_source(sure)[:, axes[0].voxels, axes[1].voxels]
    plain = [resample(axes[0].there, fine[k], axes[1].there) for k in heights]
    assert found == pytest.approx(np.stack(plain), abs=1e-5)
