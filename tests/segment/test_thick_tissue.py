"""Tissue too thick to be a vessel where it lies."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.segment.coarse import Coarse
from eupnea.segment.thick_tissue import POORLY_AERATED_HU, thick_tissue
from eupnea.volume import Volume

SIDES = (48, 60, 60)
SPACING_MM = (2.0, 2.0, 2.0)
LUNG = (slice(4, 44), slice(4, 56), slice(4, 56))
FAR_MM = np.full(SIDES, 100.0, np.float32)

ORGAN = np.zeros(SIDES, bool)
ORGAN[LUNG] = True


def chest(*things: NDArray[np.bool_], hu: int = 40) -> Coarse:
    """Aerated lung in tissue, with these things in it."""
    voxels = np.where(ORGAN, -850, 40).astype(np.int16)
    for thing in things:
        voxels[thing & ORGAN] = hu
    geometry = Geometry.regular(shape=SIDES, spacing_mm=SPACING_MM)
    return Coarse.of(Volume(voxels=voxels, geometry=geometry))


def ball(middle: tuple[int, int, int], radius_mm: float) -> NDArray[np.bool_]:
    """All voxels within a radius of one."""
    away = np.indices(SIDES) - np.array(middle)[:, None, None, None]
    return np.asarray(np.linalg.norm(away * 2.0, axis=0) <= radius_mm)


def tube(radius_mm: float) -> NDArray[np.bool_]:
    """A vessel that runs from side to side."""
    away = np.indices(SIDES)[:2] - np.array([24, 30])[:, None, None, None]
    return np.asarray(np.linalg.norm(away * 2.0, axis=0) <= radius_mm)


@pytest.mark.parametrize(("hilum_mm", "radius_mm"), [(FAR_MM, 8.0), (None, 14.0)])
def test_a_nodule_is_thick_and_a_vessel_is_not(
    hilum_mm: NDArray[np.float32] | None, radius_mm: float
) -> None:
    """The nodule is found, but for corners that no ball fits into, and nothing else."""
    nodule, vessel = ball((14, 16, 30), radius_mm), tube(2.0)
    found = thick_tissue(chest(nodule, vessel), ORGAN, hilum_mm)
    assert not (found & ~nodule).any()
    assert found[nodule].mean() > 0.95


@pytest.mark.parametrize(("hilum_mm", "is_normal"), [(10.0, True), (100.0, False)])
def test_a_vessel_may_be_thicker_at_the_hilum(hilum_mm: float, *, is_normal: bool) -> None:
    """An interlobar artery is normal beside the main bronchi and a mass at the pleura."""
    away_mm = np.full(SIDES, hilum_mm, np.float32)
    assert thick_tissue(chest(tube(7.0)), ORGAN, away_mm).any() != is_normal


def test_where_no_bronchi_are_seen_all_of_it_may_be_a_hilum() -> None:
    """A short piece of a chest is judged as mildly as a hilum, for it may be one."""
    assert not thick_tissue(chest(tube(7.0)), ORGAN, None).any()


@pytest.mark.parametrize(("hu", "is_thick"), [(POORLY_AERATED_HU - 10, False), (-400, True)])
def test_only_poorly_aerated_tissue_is_judged(hu: int, *, is_thick: bool) -> None:
    """Ground glass is for the network to tell from a lung breathed out."""
    found = thick_tissue(chest(ball((24, 30, 30), 12.0), hu=hu), ORGAN, FAR_MM)
    assert found.any() == is_thick


def test_the_rim_of_the_lung_is_not_thick() -> None:
    """Chest wall that a mask takes in by a voxel is no disease, but a mass at the pleura is."""
    wide = np.zeros(SIDES, bool)
    wide[3:45, 3:57, 3:57] = True
    assert not thick_tissue(chest(), wide, FAR_MM).any()
    mass = ball((24, 6, 30), 12.0)
    found = thick_tissue(chest(mass), ORGAN, FAR_MM)
    assert found[mass & ORGAN].mean() > 0.9


def test_no_organ_holds_nothing_thick() -> None:
    """Nothing is judged beyond the organ."""
    assert not thick_tissue(chest(), np.zeros(SIDES, bool), FAR_MM).any()
