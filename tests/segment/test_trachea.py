"""The trachea, told from lung that is as thin and as slim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.scan import Scan
from eupnea.segment.airways import central_airways
from eupnea.segment.body import air_inside
from eupnea.segment.coarse import Coarse
from support.toy_chest import ToyChest


def airways_of(scan: Scan) -> NDArray[np.bool_]:
    """The large airways of a scan, on its own grid."""
    coarse = Coarse.of(scan.volume)
    return np.asarray(coarse.blocks.to_source(central_airways(coarse, air_inside(coarse))))


def cylinder(toy: ToyChest, x_mm: float) -> NDArray[np.bool_]:
    """A column of a trachea's calibre, as high as it is long."""
    return np.asarray((np.hypot(toy.x - x_mm, toy.y) < 9) & (np.abs(toy.z) < 50))


def test_a_tube_in_the_mediastinum_is_the_trachea(toy: ToyChest) -> None:
    """What has a wall around it."""
    found = airways_of(toy.scan())
    assert found[toy.trachea & (toy.z < 90)].mean() > 0.95
    assert found[toy.right | toy.left].mean() < 0.01


def test_thin_lung_is_no_trachea(toy: ToyChest) -> None:
    """Where the picture ends below the trachea, the slimmest piece of a bulla is none."""
    toy.hu[toy.trachea] = 40
    toy.hu[cylinder(toy, -65)] = -990
    assert not airways_of(toy.scan()).any()


def test_a_longer_piece_of_thin_lung_does_not_outdo_the_trachea(toy: ToyChest) -> None:
    """The likeliest tube by its length lies in the lung; the trachea is found all the same."""
    toy.hu[toy.trachea & (toy.z > 60)] = 40
    bulla = cylinder(toy, -65)
    toy.hu[bulla] = -990
    found = airways_of(toy.scan())
    assert found[toy.trachea & (toy.z < 56)].mean() > 0.95
    assert not found[bulla].any()


def test_the_trachea_is_found_in_emphysema(toy: ToyChest) -> None:
    """Half way to the density of such lung its own noise tears the trachea."""
    toy.hu[toy.right | toy.left] = -960
    toy.hu[toy.trachea] = -985
    found = airways_of(toy.scan())
    assert found[toy.trachea & (toy.z < 90)].mean() > 0.95
    assert found[toy.right | toy.left].mean() < 0.01


def test_gas_below_the_lungs_top_is_no_trachea(toy: ToyChest) -> None:
    """Stomach or colon has a wall, too, where the picture ends below the trachea."""
    toy.hu[toy.trachea] = 40
    gas = (np.hypot(toy.x, toy.y) < 9) & (toy.z < 30)
    toy.hu[gas] = -1000
    assert not airways_of(toy.scan()).any()


def test_air_between_head_and_arms_does_not_hide_the_trachea(toy: ToyChest) -> None:
    """Low lungs end far below it, and so may the trachea."""
    low = toy.ball((-65, 0, -40), (48, 65, 70)) | toy.ball((65, 0, -40), (44, 65, 70))
    trachea = (np.hypot(toy.x, toy.y) < 9) & (np.abs(toy.z) < 35)
    toy.hu[toy.right | toy.left | toy.trachea] = 40
    toy.hu[low] = -860
    toy.hu[trachea] = -1000
    toy.hu[(np.abs(toy.x) < 90) & (np.abs(toy.y) < 60) & (toy.z > 85)] = -1000
    assert airways_of(toy.scan())[trachea].mean() > 0.9
