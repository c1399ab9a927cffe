"""From stored bits to Hounsfield units."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from eupnea.read.ct_slice import Rescale
from eupnea.read.pixels import hounsfield, within_bits


@settings(max_examples=60, deadline=None)
@given(
    bits=st.integers(8, 16),
    signed=st.booleans(),
    above=st.integers(0, 2**16 - 1),
    slope=st.sampled_from([0.25, 1.0, 2.5]),
    intercept=st.integers(-1024, 0),
    data=st.data(),
)
def test_stored_values_go_there_and_back(
    *, bits: int, signed: bool, above: int, slope: float, intercept: int, data: st.DataObject
) -> None:
    """Of any width and sign, under any rescale and whatever stands above the high bit."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    values = np.array(data.draw(st.lists(st.integers(low, high), min_size=1, max_size=9)))
    dirty = (values & (2**bits - 1)) | (above << bits & 0xFFFF)
    header = Dataset()
    header.BitsStored, header.PixelRepresentation = bits, int(signed)
    stored = dirty.astype("<u2").view("<i2" if signed else "<u2")
    found = hounsfield(within_bits(stored, header), Rescale(slope=slope, intercept=intercept))
    expected = np.clip(np.rint(values * slope + intercept), -(2**15), 2**15 - 1)
    np.testing.assert_array_equal(found, expected)
