"""Lungs of any breath, as a network is shown them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eupnea.segment.usual_breath import THINNEST_HU, USUAL_HU, at_usual_breath, density_table

DENSITIES = np.arange(-1500, 3072, dtype=np.int16)


@given(mode=st.floats(-1000, -600), scale=st.floats(0.9, 1.0))
def test_denser_stays_denser(mode: float, scale: float) -> None:
    """The order of densities is kept, gas stays gas, and tissue stays tissue."""
    shown = at_usual_breath(DENSITIES, mode, scale=scale).astype(int)
    assert (np.diff(shown) >= 0).all()
    plain = np.rint(DENSITIES * scale)
    kept = (plain <= -1024) | (plain >= 40)
    np.testing.assert_array_equal(shown[kept], plain[kept])


@given(mode=st.integers(int(THINNEST_HU), int(USUAL_HU)))
def test_the_most_frequent_density_becomes_the_usual_one(mode: int) -> None:
    """At every deep breath of a normal lung."""
    assert at_usual_breath(np.array([mode], np.int16), float(mode))[0] == USUAL_HU


def test_what_is_no_breath_is_not_put_right_wholly() -> None:
    """Lung thinner than any inspiration stays thin in part."""
    assert at_usual_breath(np.array([-980], np.int16), -980.0)[0] < USUAL_HU - 20


@pytest.mark.parametrize("mode", [-850.0, -780.0, -650.0])
def test_an_expiration_is_shown_as_it_is(mode: float) -> None:
    """Air is trapped in places: thin places of a dense lung are told by their own density."""
    np.testing.assert_array_equal(at_usual_breath(DENSITIES, mode), DENSITIES)


def test_the_same_tissue_in_more_air_looks_the_same() -> None:
    """Lung of one sixth and of one eighth tissue, each with ground glass that fills a third."""
    shown = []
    for mode in (-855, -900):
        opacity = round(mode + (40 - mode) / 3)
        shown.append(at_usual_breath(np.array([mode, opacity], np.int16), float(mode)))
    assert np.abs(shown[0] - shown[1]).max() <= 1


def test_an_unknown_breath_on_a_sound_scale_changes_nothing() -> None:
    """Not even the array."""
    assert at_usual_breath(DENSITIES, None) is DENSITIES
    np.testing.assert_array_equal(density_table(None)[DENSITIES.view(np.uint16)], DENSITIES)
