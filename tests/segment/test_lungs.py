"""The lungs as the region of interest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.phantom import PhantomScan
from eupnea.read import read_mask, read_timeline
from eupnea.segment.lungs import find_lungs
from support.toy_chest import TOY_TIME, ToyChest, scan_of


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Twice the overlap over the sum."""
    return float(2 * (first & second).sum() / (first.sum() + second.sum()))


def test_lungs_without_trachea_bowel_gas_and_table(toy: ToyChest) -> None:
    """Only the lungs are found, not the other air in and around the body."""
    found = find_lungs(toy.scan()).mask.voxels
    assert dice(found, toy.right | toy.left) > 0.97
    assert (found & toy.trachea).sum() < 0.02 * toy.trachea.sum()
    assert not (found & toy.gas).any()


def test_dense_tissue_inside_stays_lung(toy: ToyChest) -> None:
    """A mass inside the lung is part of the region of interest."""
    mass = toy.ball((-65, 0, 0), (20, 20, 20))
    toy.hu[mass] = 40
    assert find_lungs(toy.scan()).mask.voxels[mass].all()


def test_dense_tissue_at_the_ribs_stays_lung(toy: ToyChest) -> None:
    """A mass at the pleura, with lung above and below, is part of the region of interest.

    But for the bulge of the ribs beyond the chord from lung above to lung below.
    """
    mass = toy.ball((-110, 10, 0), (30, 30, 30)) & toy.right
    toy.hu[mass] = 40
    assert find_lungs(toy.scan()).mask.voxels[mass].mean() > 0.85


def test_a_dense_apex_stays_lung(toy: ToyChest) -> None:
    """A lung that is dense up to its apex is found where the other lung says it is."""
    apex = toy.right & (toy.z > 20)
    toy.hu[apex] = 40
    found = find_lungs(toy.scan()).mask.voxels
    assert found[apex].mean() > 0.9
    assert dice(found, toy.right | toy.left) > 0.97


def test_a_dense_apex_ends_at_the_ribs(toy: ToyChest) -> None:
    """Where the other lung reaches farther than the ribs let this one, the ribs hold."""
    apex = toy.right & (toy.z > 20)
    toy.hu[apex] = 40
    toy.hu[apex & (toy.x < -90)] = 600
    found = find_lungs(toy.scan()).mask.voxels
    assert not found[apex & (toy.x < -93) & (toy.z > 30)].any()
    assert found[apex & (toy.x > -80)].mean() > 0.8


def test_bowel_gas_behind_a_thin_wall_stays_outside(toy: ToyChest) -> None:
    """Gas that runs into the lung through a wall thinner than a voxel is not lung."""
    stomach = toy.ball((50, -20, -92), (30, 28, 26)) & (toy.z < -70)
    leak = toy.ball((60, 0, -70), (9, 9, 9))
    toy.hu[toy.left & (toy.z < -70)] = 40
    toy.hu[stomach] = -1000
    toy.hu[leak] = -900
    lungs = (toy.right | toy.left) & ~((toy.x > 0) & (toy.z < -70))
    found = find_lungs(toy.scan()).mask.voxels
    assert (found & stomach).sum() < 0.05 * stomach.sum()
    assert dice(found, lungs) > 0.97


def test_a_bulla_stays_lung(toy: ToyChest) -> None:
    """Air without walls that has lung around it, or below it, is lung."""
    bullae = toy.ball((-70, 20, -30), (22, 22, 22)) | (toy.ball((65, 0, 90), (40, 60, 35)))
    bullae &= toy.right | toy.left
    toy.hu[bullae] = -1000
    assert find_lungs(toy.scan()).mask.voxels[bullae].mean() > 0.97


def test_the_border_lies_half_way_in_expiration(toy: ToyChest) -> None:
    """Voxels that are half lung and half chest wall are lung, however dense the lung is."""
    toy.hu[toy.right | toy.left] = -700
    rim = toy.ball((-65, 0, 0), (51, 68, 97)) & ~toy.right
    toy.hu[rim] = -345
    found = find_lungs(toy.scan()).mask.voxels
    assert found[rim].mean() > 0.6


def test_water_is_no_chest() -> None:
    """A phantom of water, and an empty volume, are refused."""
    grid = Geometry.regular(shape=(20, 40, 40), spacing_mm=(5.0, 5.0, 5.0))
    water = np.full(grid.shape, -1000, np.int16)
    water[:, 5:35, 5:35] = 0
    for hu in (water, np.full(grid.shape, -1000, np.int16)):
        with pytest.raises(Refusal) as refused:
            find_lungs(scan_of(hu, grid))
        assert refused.value.code is RefusalCode.NOT_CHEST


def test_a_cut_lung_is_found_and_said_to_be_cut(toy: ToyChest) -> None:
    """Where the image ends inside the lung, the lung is kept and a note says so."""
    scan = toy.scan()
    box = (slice(20, 60), slice(0, 70), slice(0, 100))
    grid = scan.geometry.crop(box)
    found = find_lungs(scan_of(scan.hu[box], grid))
    assert dice(found.mask.voxels, (toy.right | toy.left)[box]) > 0.97
    cut = [note.text for note in found.notes if note.code == "LUNG_TRUNCATED"]
    assert len(cut) == 1
    assert "bottom" in cut[0]


def test_air_that_is_not_minus_1000_is_noted(toy: ToyChest) -> None:
    """A scanner whose air is off by 60 HU is noticed."""
    toy.hu -= 60
    codes = {note.code for note in find_lungs(toy.scan()).notes}
    assert "AIR_NOT_MINUS_1000" in codes


def test_lungs_of_a_synthetic_patient(measured: ScanAnalysis, phantom_scan: PhantomScan) -> None:
    """The true lungs of the phantom are found, diseased parts included."""
    truth = phantom_scan.truth
    assert dice(measured.roi.mask.voxels, truth.roi.voxels) > 0.97
    assert (measured.roi.mask & truth.abnormal).volume_ml > 0.8 * truth.abnormal.volume_ml


@pytest.mark.real
@pytest.mark.slow
def test_lungs_agree_with_experts(real_data: Path) -> None:
    """Real lungs come out as experts drew them: one near normal, one at two times."""
    pair = real_data / "elastix-pair"
    for ct, mask in (
        (real_data / "lctsc/case002_ct.nii.gz", real_data / "lctsc/case002_lung.nii.gz"),
        (pair / "3DCT_lung_baseline.mha", pair / "3DCT_lung_baseline_mask.mha"),
    ):
        scan = read_timeline([ct], dates=[TOY_TIME]).timeline.scans[0]
        assert dice(find_lungs(scan).mask.voxels, read_mask(mask, scan).voxels) > 0.96
