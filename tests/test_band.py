"""Bands: every Hounsfield unit lies in exactly one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eupnea.band import BANDS


@given(st.integers(-32768, 32767))
def test_each_value_lies_in_one_band(value: int) -> None:
    """No gap and no overlap."""
    hu = np.array([value], np.int16)
    assert sum(int(band.contains(hu)[0]) for band in BANDS) == 1
