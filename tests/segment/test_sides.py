"""Right and left."""

from __future__ import annotations

import numpy as np

from eupnea.phantom import PhantomScan
from eupnea.segment.sides import LEFT, RIGHT, single_side, split_sides
from support.toy_chest import ToyChest

SPACING = (4.0, 3.0, 3.0)


def test_the_right_lung_lies_at_low_columns(toy: ToyChest) -> None:
    """Columns run from the patient's right to left, and so are the sides named."""
    sides = split_sides(toy.right | toy.left, SPACING)
    np.testing.assert_array_equal(sides == RIGHT, toy.right)
    np.testing.assert_array_equal(sides == LEFT, toy.left)


def test_touching_lungs_are_told_apart(toy: ToyChest) -> None:
    """A bridge at the anterior junction does not make one lung of two."""
    bridge = toy.ball((0, -30, 20), (30, 6, 12))
    lungs = toy.right | toy.left | bridge
    sides = split_sides(lungs, SPACING)
    np.testing.assert_array_equal(sides > 0, lungs)
    assert (sides[toy.right] == RIGHT).mean() > 0.99
    assert (sides[toy.left] == LEFT).mean() > 0.99


def test_a_mirrored_pair_swaps_sides(toy: ToyChest) -> None:
    """Mirroring the image swaps right and left."""
    lungs = toy.right | toy.left
    mirrored = split_sides(lungs[:, :, ::-1], SPACING)[:, :, ::-1]
    np.testing.assert_array_equal(mirrored, np.where(lungs, 3 - split_sides(lungs, SPACING), 0))


def test_a_lone_lung_is_named_by_its_shape(phantom_scan: PhantomScan) -> None:
    """The side with the deeper bays is the medial one, wherever the image is cut."""
    lungs = phantom_scan.truth.roi.voxels
    sides = split_sides(lungs, phantom_scan.scan.geometry.spacing_mm)
    for side in (RIGHT, LEFT):
        assert single_side(sides == side) == side
        assert single_side((sides == side)[:, :, ::-1]) == 3 - side


def test_no_lung_has_no_side() -> None:
    """An empty mask has empty sides."""
    assert not split_sides(np.zeros((3, 4, 5), bool), SPACING).any()
