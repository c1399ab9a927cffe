"""One chest, reconstructed in unlike ways, measures alike when it is harmonised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import ndimage

from eupnea.compare.comparability import comparability_notes
from eupnea.mask import Mask
from eupnea.read.harmonise import grain_hu, harmonise
from eupnea.scan import Acquisition, Scan
from eupnea.timeline import Timeline
from support.toy_chest import TOY_TIME, ToyChest, scan_of

CHEST = ToyChest()
LUNG = ndimage.binary_erosion((CHEST.right | CHEST.left) & ~CHEST.trachea, iterations=3)
THIN_MM, THICK_MM = 4.0, 12.0


def _scan(*, grain: float, thickness_mm: float, kernel: str, day: int) -> Scan:
    """The same chest by another reconstruction: noise first, then what the slice averages."""
    noise = np.random.default_rng(day).normal(0, grain, CHEST.hu.shape)
    slices = round(thickness_mm / THIN_MM)
    hu = ndimage.uniform_filter1d(CHEST.hu + noise, slices, axis=0, mode="nearest")
    scan = scan_of(np.rint(hu).astype(np.int16))
    return replace(
        scan,
        acquired_at=TOY_TIME + timedelta(days=day),
        acquisition=Acquisition(kernel=kernel, slice_thickness_mm=thickness_mm),
    )


def _dark_share(scan: Scan) -> float:
    """Of the inner lung below -910 HU, 50 HU under its true density, as emphysema is counted."""
    return float(np.mean(scan.hu[LUNG] < -910))


@pytest.fixture(scope="module")
def unlike() -> Timeline:
    """Soft and thick, then sharp and thin."""
    soft = _scan(grain=20, thickness_mm=THICK_MM, kernel="B30f", day=0)
    sharp = _scan(grain=60, thickness_mm=THIN_MM, kernel="B70f", day=30)
    return Timeline(scans=(soft, sharp))


def test_a_reconstruction_alone_makes_disease(unlike: Timeline) -> None:
    """Why it is flagged: nothing changed in the patient, and a fifth of the lung turned dark."""
    soft, sharp = unlike
    assert _dark_share(soft) < 0.01
    assert _dark_share(sharp) > 0.15
    codes = {note.code for note in comparability_notes(soft, sharp)}
    assert codes == {"COMPARABILITY_KERNEL", "COMPARABILITY_THICKNESS"}


def test_harmonised_they_measure_alike(unlike: Timeline) -> None:
    """The soft scan stays as it is; the sharp one comes down to it, at its own places."""
    soft, sharp = harmonise(unlike)
    assert soft is unlike.scans[0]
    assert [note.code for note in sharp.notes] == ["HARMONISED", "HARMONISED"]
    assert grain_hu(sharp.hu) == pytest.approx(grain_hu(soft.hu), rel=0.15)
    assert abs(_dark_share(sharp) - _dark_share(soft)) < 0.01
    assert sharp.hu[LUNG].mean() == pytest.approx(soft.hu[LUNG].mean(), abs=2)
    assert sharp.geometry is unlike.scans[1].geometry


def test_alike_scans_stay_as_they_are() -> None:
    """Nothing is blurred without need."""
    scans = [_scan(grain=20, thickness_mm=THIN_MM, kernel="B30f", day=day) for day in (0, 30)]
    assert harmonise(Timeline(scans=tuple(scans))).scans == tuple(scans)


def test_an_averaged_slice_has_the_thick_ones_spread() -> None:
    """A step along the body becomes as wide as thick slices make it."""
    soft = _scan(grain=0.1, thickness_mm=THICK_MM, kernel="B30f", day=0)
    thin = _scan(grain=0.1, thickness_mm=THIN_MM, kernel="B30f", day=30)
    averaged = harmonise(Timeline(scans=(soft, thin))).scans[1]
    k = np.s_[:, 35, 30]
    assert np.abs(averaged.hu[k].astype(int) - soft.hu[k]).max() < 60
    assert np.abs(thin.hu[k].astype(int) - soft.hu[k]).max() > 200


def test_padding_stays_padding(unlike: Timeline) -> None:
    """What holds no measurement gets none from its neighbours."""
    soft, sharp = unlike
    outside = Mask(voxels=np.abs(CHEST.x) > 140, geometry=sharp.geometry)
    padded = replace(sharp, padding=outside)
    found = harmonise(Timeline(scans=(soft, padded))).scans[1]
    assert set(np.unique(found.hu[outside.voxels])) == {-1024}
