"""Dense tissue beside the lungs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.segment.coarse import Coarse
from eupnea.segment.dense import (
    LEAST_LOCATED,
    SURELY,
    DenseTissue,
    dense_beside,
    tell_dense_apart,
)
from eupnea.volume import Volume

PIECE = (slice(8, 20), slice(30, 45), slice(10, 30))
SHAPE = (28, 60, 60)


def chest(piece_hu: float) -> Coarse:
    """A block of aerated lung with one dense piece in it, noise, and a thin vessel of -90 HU."""
    rng = np.random.default_rng(0)
    hu = np.full(SHAPE, -850.0)
    hu[PIECE] = piece_hu
    hu[:, 10:12, 10:12] = -90.0
    hu += rng.normal(0, 20, hu.shape)
    grid = Geometry.regular(shape=SHAPE, spacing_mm=(2.0, 2.0, 2.0))
    return Coarse.of(Volume(voxels=np.rint(hu).astype(np.int16), geometry=grid))


def beside(piece_hu: float, *, sure: float = 0.99, held: bool = False) -> NDArray[np.bool_]:
    """What is found when all of it was taken for lung, so sure, and anatomy holds it or not."""
    everywhere = np.ones(SHAPE, bool)
    shares = np.full(SHAPE, 255 * sure).astype(np.uint8)
    return dense_beside(everywhere, shares, everywhere & held, chest(piece_hu))


@pytest.mark.parametrize("piece_hu", [-100.0, -70.0])
def test_fat_is_found_where_it_lies(piece_hu: float) -> None:
    """The piece of fat is found nearly whole; the vessel and the aerated lung are left alone."""
    found = beside(piece_hu, held=True)
    assert found[PIECE].mean() > 0.9
    assert found.sum() == found[PIECE].sum()


@pytest.mark.parametrize("piece_hu", [40.0, 0.0, -300.0, -600.0])
def test_disease_stays(piece_hu: float) -> None:
    """Consolidation, effusion, dense and thin ground glass stay, if the network is sure."""
    assert not beside(piece_hu).any()


def test_a_doubtful_piece_stays_where_anatomy_holds_it() -> None:
    """Neither the network's doubt nor the anatomy's silence alone drops a piece."""
    assert beside(40.0, sure=0.8)[PIECE].mean() > 0.9
    assert not beside(40.0, sure=0.8, held=True).any()


@pytest.mark.parametrize("located", [0.6, 0.8])
def test_a_doubtful_piece_stays_where_the_chest_is_sure(located: float) -> None:
    """As sure as not is not enough: a chest wall beside a shrunken lung is held by as much."""
    found = told(40.0, sure=0.8, located=located)
    assert (found.beside[PIECE].mean() > 0.9) == (located < SURELY)
    assert (found.lung[PIECE].mean() > 0.9) == (located > SURELY)


def test_no_lung_has_nothing_beside_it() -> None:
    """Nothing was taken for lung."""
    nothing = np.zeros(SHAPE, bool)
    assert not dense_beside(nothing, nothing.astype(np.uint8), nothing, chest(-100.0)).any()


def told(
    piece_hu: float, *, sure: float, located: float, airy: bool = False, across: int = 60
) -> DenseTissue:
    """What becomes of the piece by planes that are so sure of all, and a chest that is so sure.

    The chest holds nothing right of a column; an airy piece has a bronchus of air in every
    fourth row.
    """
    shares = np.full(SHAPE, 255 * sure).astype(np.uint8)
    chances = np.full(SHAPE, located, np.float32)
    chances[:, :, across:] = LEAST_LOCATED
    nowhere = np.zeros(SHAPE, bool)
    coarse = chest(piece_hu)
    if airy:
        coarse.hu[PIECE][:, ::4] = -300
    return tell_dense_apart(shares >= 128, shares, chances, nowhere, coarse)


@pytest.mark.parametrize(("sure", "located"), [(0.2, 0.9), (0.6, 0.75)])
def test_what_planes_doubt_is_lung_where_the_chest_is_sure(*, sure: float, located: float) -> None:
    """A dense piece is lung when both are sure of it on average; thin things are left alone."""
    found = told(40.0, sure=sure, located=located)
    assert found.lung[PIECE].mean() > 0.9
    assert found.lung.sum() == found.lung[PIECE].sum()
    assert not found.beside.any()


@pytest.mark.parametrize(("sure", "located"), [(0.3, 0.6), (0.1, 0.4)])
def test_what_both_doubt_is_left_as_it_was(*, sure: float, located: float) -> None:
    """Nothing is added, and what was never taken needs not be dropped."""
    found = told(40.0, sure=sure, located=located)
    assert not found.lung.any()
    assert not found.beside.any()


def test_what_planes_took_alone_must_be_sure() -> None:
    """As without a chest: doubtful pieces go, sure ones stay."""
    assert told(40.0, sure=0.8, located=0.1).beside[PIECE].mean() > 0.9
    assert not told(40.0, sure=0.99, located=0.1).beside.any()


def test_dense_tissue_that_the_chest_does_not_hold_at_all_is_none() -> None:
    """However sure the planes are: heart and aorta, thick or thin; aerated lung is left alone."""
    found = told(40.0, sure=0.99, located=0.9 * LEAST_LOCATED)
    assert found.beside[PIECE].all()
    assert found.beside[:, 10:12, 10:12].all()
    assert found.beside.sum() == found.beside[PIECE].sum() + found.beside[:, 10:12, 10:12].sum()


@pytest.mark.parametrize("sure", [0.2, 0.99])
def test_fat_is_no_lung_whoever_is_sure_of_it(sure: float) -> None:
    """Its density tells: it is dropped where it was taken, and never added."""
    found = told(-90.0, sure=sure, located=0.99)
    assert not found.lung.any()
    assert (found.beside[PIECE].mean() > 0.9) == (sure > 0.5)


@pytest.mark.parametrize(("located", "stays"), [(0.95, True), (0.6, False)])
def test_consolidation_that_holds_air_is_no_fat(*, located: float, stays: bool) -> None:
    """With air in a fourth of it, its median is that of fat; the chest must hold it, too."""
    found = told(-70.0, sure=0.99, located=located, airy=True)
    assert found.beside.any() == (not stays)


@pytest.mark.parametrize(("across", "stays"), [(24, True), (18, False)])
def test_what_is_thick_and_held_by_both_stays(*, across: int, stays: bool) -> None:
    """An effusion goes on as liver: its own part stays, if it is thicker than a blurred edge."""
    found = told(10.0, sure=0.85, located=0.8, across=across)
    held = (*PIECE[:2], slice(PIECE[2].start, across))
    beyond = (*PIECE[:2], slice(across, PIECE[2].stop))
    assert (found.beside[held].mean() < 0.4) == stays
    assert found.beside[beyond].mean() > 0.9
