"""Volume: voxels and geometry stay together through every operation."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.errors import Refusal
from eupnea.geometry import Geometry
from eupnea.volume import Volume


def test_canonical_keeps_the_value_at_each_place() -> None:
    """A point in the patient has the same Hounsfield unit before and after."""
    affine = np.array([[0, -1.0, 0, 9], [0, 0, 2.0, -4], [-3.0, 0, 0, 7], [0, 0, 0, 1]])
    grid = Geometry(shape=(3, 4, 5), affine=affine)
    volume = Volume(voxels=np.arange(60, dtype=np.int16).reshape(3, 4, 5), geometry=grid)
    turned = volume.canonical()
    assert turned.geometry.is_canonical
    for index in np.ndindex(3, 4, 5):
        place = np.rint(turned.geometry.to_index(grid.to_mm(index))).astype(int)
        assert turned.voxels[tuple(place)] == volume.voxels[index]


def test_a_crop_is_a_view_at_its_own_place() -> None:
    """Cropping shares memory and moves the origin."""
    grid = Geometry.regular(shape=(3, 4, 5), spacing_mm=(1.0, 1.0, 1.0))
    volume = Volume(voxels=np.zeros((3, 4, 5), np.int16), geometry=grid)
    part = volume.crop((slice(1, 3), slice(0, 4), slice(2, 5)))
    assert np.shares_memory(part.voxels, volume.voxels)
    assert part.geometry.origin_mm == (2.0, 0.0, 1.0)


def test_an_array_of_another_shape_is_refused() -> None:
    """Voxels and geometry go together."""
    grid = Geometry.regular(shape=(3, 4, 5), spacing_mm=(1.0, 1.0, 1.0))
    with pytest.raises(Refusal, match="GEOMETRY_MISMATCH"):
        Volume(voxels=np.zeros((1, 1, 1)), geometry=grid)
