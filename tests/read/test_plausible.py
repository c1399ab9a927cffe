"""Whether numbers can be Hounsfield units is decided by air and tissue."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.plausible import note_on_air, outer_air_hu, refuse_implausible, undeclared_padding
from support.ct import chest_hu


@pytest.mark.parametrize(
    "values",
    [
        chest_hu() + 1024,
        chest_hu() - 1024,
        np.clip(chest_hu() // 8 + 128, 0, 255),
        chest_hu() // 1000,
        np.zeros((4, 4, 4)),
    ],
    ids=["not rescaled", "rescaled twice", "windowed", "normalised", "empty"],
)
def test_what_is_not_hounsfield_units_is_refused(values: NDArray[np.int16]) -> None:
    """Values without air, or without soft tissue, are not measured."""
    with pytest.raises(Refusal) as caught:
        refuse_implausible(values.astype(np.int16), None, "here")
    assert caught.value.code is RefusalCode.NOT_HU


def test_a_chest_is_accepted() -> None:
    """The chest has both, and air at its place."""
    refuse_implausible(chest_hu(), None, "here")
    assert note_on_air(chest_hu()) is None


def test_shifted_air_is_a_warning() -> None:
    """Air at -900 makes every density doubtful."""
    note = note_on_air(chest_hu() + 100)
    assert note is not None
    assert note.code == "AIR_OFF"


def test_padding_does_not_pass_for_air() -> None:
    """Edges that are padding tell nothing of the air."""
    assert outer_air_hu(chest_hu(), np.ones(chest_hu().shape, bool)) is None


def test_noise_in_air_is_no_padding() -> None:
    """Padding is one isolated value far below air; a tail of noise is not."""
    rng = np.random.default_rng(0)
    noisy = (-1000 + 80 * rng.standard_normal(10_000)).astype(np.int16)
    assert undeclared_padding(noisy) is None
    padded = np.append(noisy, np.full(50, -2000, np.int16))
    found = undeclared_padding(padded)
    assert found is not None
    assert found.sum() == 50
