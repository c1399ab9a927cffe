"""Mask: sets of voxels behave as sets, and only on one grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.mask import Mask

GRID = Geometry.regular(shape=(3, 4, 5), spacing_mm=(2.0, 1.0, 0.5))
masks = arrays(bool, GRID.shape).map(lambda voxels: Mask(voxels=voxels, geometry=GRID))


@given(masks, masks)
def test_volumes_add_up(a: Mask, b: Mask) -> None:
    """The union is what only a holds, what only b holds, and what both hold."""
    parts = (a - b).volume_ml + (b - a).volume_ml + (a & b).volume_ml
    assert (a | b).volume_ml == pytest.approx(parts)


@given(masks, st.floats(0, 3))
def test_the_box_holds_the_whole_mask(mask: Mask, margin_mm: float) -> None:
    """Nothing of the mask lies outside its box."""
    assert mask.crop(mask.box(margin_mm=margin_mm)).voxel_count == mask.voxel_count


@given(masks.filter(lambda mask: not mask.is_empty))
def test_the_box_is_the_smallest(mask: Mask) -> None:
    """Each face of the box touches the mask."""
    inside = mask.crop(mask.box()).voxels
    for axis in range(3):
        first, last = inside.take(0, axis=axis), inside.take(-1, axis=axis)
        assert first.any()
        assert last.any()


def test_an_empty_mask_has_the_box_of_its_grid() -> None:
    """The box of nothing is everything, so that a crop stays a volume."""
    assert Mask.empty(GRID).box() == (slice(0, 3), slice(0, 4), slice(0, 5))


def test_masks_of_two_grids_do_not_mix() -> None:
    """Sets on grids that are 1 mm apart are refused, never resampled."""
    moved = Geometry.regular(shape=(3, 4, 5), spacing_mm=(2.0, 1.0, 0.5), origin_mm=(1.0, 0.0, 0.0))
    with pytest.raises(Refusal) as caught:
        _ = Mask.empty(GRID) & Mask.empty(moved)
    assert caught.value.code is RefusalCode.GEOMETRY_MISMATCH


def test_an_array_of_another_shape_is_refused() -> None:
    """Voxels and geometry go together."""
    with pytest.raises(Refusal, match="GEOMETRY_MISMATCH"):
        Mask(voxels=np.zeros((1, 1, 1), bool), geometry=GRID)


def test_voxels_cannot_be_written() -> None:
    """A mask is a value; changing it in place fails."""
    with pytest.raises(ValueError, match="read-only"):
        Mask.empty(GRID).voxels[0, 0, 0] = True
