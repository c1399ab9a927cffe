"""What a reader must know of the lungs that were found."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.segment.coarse import Coarse
from eupnea.segment.lung_notes import lung_notes
from eupnea.segment.sides import LEFT, RIGHT
from support.toy_chest import ToyChest


def codes(toy: ToyChest, right: NDArray[np.bool_], left: NDArray[np.bool_]) -> list[str]:
    """The codes of the notes on a pair of lungs."""
    sides = np.where(right, RIGHT, np.where(left, LEFT, 0)).astype(np.uint8)
    return [note.code for note in lung_notes(sides, Coarse.of(toy.scan().volume), -1000.0)]


def test_a_plausible_pair_has_no_note(toy: ToyChest) -> None:
    """Two whole lungs of like size need no remark."""
    assert codes(toy, toy.right, toy.left) == []


@pytest.mark.parametrize(
    ("below_mm", "code"), [(0.0, "LUNGS_UNEVEN"), (-80.0, "ONE_LUNG"), (-200.0, "ONE_LUNG")]
)
def test_a_small_lung_is_noted(toy: ToyChest, below_mm: float, code: str) -> None:
    """Half a lung is uneven; next to none is one lung."""
    assert codes(toy, toy.right, toy.left & (toy.z < below_mm)) == [code]


def test_tiny_lungs_are_implausible(toy: ToyChest) -> None:
    """Less than a litre is not an adult's pair of lungs."""
    core = toy.ball((-65, 0, 0), (30, 45, 60)), toy.ball((65, 0, 0), (30, 45, 60))
    assert codes(toy, *core) == ["LUNG_VOLUME_IMPLAUSIBLE"]
