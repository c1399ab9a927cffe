"""Air beside the lungs that planes take for lung."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.segment.inner_air import InnerAir
from eupnea.segment.stray_air import LEAST_HELD, stray_air

SHAPE = (20, 40, 40)
LUNG = (slice(10, 18), slice(5, 35), slice(5, 35))
BOWEL = (slice(2, 6), slice(10, 18), slice(10, 18))
WALL = (slice(2, 6), slice(18, 20), slice(10, 18))
FAR = (slice(2, 6), slice(30, 34), slice(10, 18))
SPACING_MM = (2.0, 2.0, 2.0)


def mask(*places: tuple[slice, ...]) -> np.ndarray:
    """These boxes of the grid."""
    held = np.zeros(SHAPE, bool)
    for place in places:
        held[place] = True
    return held


@pytest.mark.parametrize("surely", [LEAST_HELD - 0.1, LEAST_HELD + 0.1])
def test_air_that_only_planes_hold_goes_with_its_wall(surely: float) -> None:
    """If the chest as a whole is sure of it, it stays; lung and other dense tissue stay anyhow."""
    inner = InnerAir(air=mask(LUNG, BOWEL), airways=mask(), gas=mask(), aerated=mask(LUNG))
    located = np.where(mask(BOWEL, WALL), surely, 0.1).astype(np.float32)
    found = stray_air(mask(LUNG, BOWEL, WALL, FAR), inner, located, SPACING_MM)
    expected = mask(BOWEL, WALL) if surely < LEAST_HELD else mask()
    np.testing.assert_array_equal(found, expected)


def test_without_other_air_nothing_is_stray() -> None:
    """Only lung, of which the chest as a whole knows nothing."""
    inner = InnerAir(air=mask(LUNG), airways=mask(), gas=mask(), aerated=mask(LUNG))
    assert not stray_air(mask(LUNG), inner, np.zeros(SHAPE, np.float32), SPACING_MM).any()
