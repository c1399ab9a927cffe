"""The density baseline: what of the lung is normal, by density and shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.segment.density import find_normal
from support.toy_chest import TOY_GRID, ToyChest


def abnormal_of(toy: ToyChest) -> NDArray[np.bool_]:
    """The abnormal part of the true lungs of a toy chest."""
    roi = Mask(voxels=toy.right | toy.left, geometry=TOY_GRID)
    return (roi - find_normal(toy.scan(), roi).mask).voxels


def test_an_empty_organ_has_an_empty_normal_part(toy: ToyChest) -> None:
    """Without lungs nothing is normal, and nothing fails."""
    assert find_normal(toy.scan(), Mask.empty(TOY_GRID)).mask.is_empty


def test_vessels_are_normal_and_masses_are_not(toy: ToyChest) -> None:
    """A thin dense tube is normal, a ball as dense is not; with and without a trachea."""
    vessel = toy.right & (np.hypot(toy.y, toy.z) < 3)
    mass = toy.ball((70, 10, -20), (14, 14, 14))
    toy.hu[vessel | mass] = 40
    for trachea_hu in (-1000, 40):
        toy.hu[toy.trachea] = trachea_hu
        abnormal = abnormal_of(toy)
        assert not abnormal[vessel].any()
        assert abnormal[mass].mean() > 0.9


def test_gravity_is_normal(toy: ToyChest) -> None:
    """Lung that becomes denser toward the back, by half a unit per mm, is all normal."""
    lungs = toy.right | toy.left
    toy.hu[lungs] += 0.5 * toy.y[lungs]
    assert not abnormal_of(toy).any()


def test_dense_lung_is_said_not_to_be_inflated(toy: ToyChest) -> None:
    """In expiration the whole lung is taken for normal, and a note warns of it."""
    lungs = toy.right | toy.left
    toy.hu[lungs] = -690
    found = find_normal(toy.scan(), Mask(voxels=lungs, geometry=TOY_GRID))
    assert found.mask.voxels[lungs].mean() > 0.99
    assert [note.code for note in found.notes] == ["LUNG_NOT_INFLATED"]


def test_lung_without_walls_is_abnormal_also_where_air_is_too_dark(toy: ToyChest) -> None:
    """The cut follows a scanner whose air is 60 HU too dark, and finds the hole all the same."""
    hole = toy.ball((70, 10, -20), (15, 15, 15))
    toy.hu[hole] = -995
    for shift in (0, -60):
        toy.hu += shift
        abnormal = abnormal_of(toy)
        assert abnormal[hole].mean() > 0.8
        assert (abnormal & ~hole).sum() < 0.1 * hole.sum()
