"""Fat beside the lungs."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.geometry import Geometry
from eupnea.segment.coarse import Coarse
from eupnea.segment.fat import fat_beside
from eupnea.volume import Volume

PIECE = (slice(8, 20), slice(30, 45), slice(10, 30))


def chest(piece_hu: float) -> Coarse:
    """A block of aerated lung with one dense piece in it, noise, and a thin vessel of -90 HU."""
    rng = np.random.default_rng(0)
    hu = np.full((28, 60, 60), -850.0)
    hu[PIECE] = piece_hu
    hu[:, 10:12, 10:12] = -90.0
    hu += rng.normal(0, 20, hu.shape)
    grid = Geometry.regular(shape=(28, 60, 60), spacing_mm=(2.0, 2.0, 2.0))
    return Coarse.of(Volume(voxels=np.rint(hu).astype(np.int16), geometry=grid))


@pytest.mark.parametrize("piece_hu", [-100.0, -70.0])
def test_fat_is_found_where_it_lies(piece_hu: float) -> None:
    """The piece of fat is found nearly whole; the vessel and the aerated lung are left alone."""
    coarse = chest(piece_hu)
    found = fat_beside(np.ones(coarse.hu.shape, bool), coarse)
    assert found[PIECE].mean() > 0.9
    assert found.sum() == found[PIECE].sum()


@pytest.mark.parametrize("piece_hu", [40.0, 0.0, -300.0, -600.0])
def test_disease_is_no_fat(piece_hu: float) -> None:
    """Consolidation, effusion, dense and thin ground glass stay."""
    coarse = chest(piece_hu)
    assert not fat_beside(np.ones(coarse.hu.shape, bool), coarse).any()


def test_no_lung_holds_no_fat() -> None:
    """Nothing was taken for lung."""
    coarse = chest(-100.0)
    assert not fat_beside(np.zeros(coarse.hu.shape, bool), coarse).any()
