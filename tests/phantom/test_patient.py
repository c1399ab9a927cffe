"""A patient as others meet it: a timeline, and points that move as the tissue does."""

from __future__ import annotations

import numpy as np

from eupnea.phantom import Patient


def test_the_timeline_is_in_order(small_patient: Patient) -> None:
    """Its scans are the patient's, oldest first, and of one person."""
    timeline = small_patient.timeline()
    assert [scan.acquired_at for scan in timeline] == sorted(
        scan.scan.acquired_at for scan in small_patient.scans
    )
    assert len({scan.provenance.patient_key for scan in timeline}) == 1


def test_displacing_there_and_back_returns(small_patient: Patient) -> None:
    """From scan 0 to 2 and back is the same place, and the way is not nothing."""
    points = np.random.default_rng(0).uniform(-90, 90, size=(100, 3))
    there = small_patient.displace(points, source=0, target=2)
    back = small_patient.displace(there, source=2, target=0)
    np.testing.assert_allclose(back, points, atol=1e-6)
    assert np.abs(there - points).max() > 1


def test_lungs_move_as_displace_says(small_patient: Patient) -> None:
    """Deep lung of one scan lies in the lungs of another, unlike when it stays put."""
    first, last = small_patient.scans[0].truth.roi, small_patient.scans[2].truth.roi
    voxels = np.argwhere(first.voxels)[::97]
    moved = small_patient.displace(first.geometry.to_mm(voxels), source=0, target=2)
    index = np.rint(last.geometry.to_index(moved)).astype(int)
    fits = ((index >= 0) & (index < last.voxels.shape)).all(axis=1)
    k, j, i = index[fits].T
    assert last.voxels[k, j, i].mean() > 0.97


def test_stable_regions_move_as_displace_says(small_patient: Patient) -> None:
    """The middle of a region that stays itself goes where the tissue goes."""
    first, last = (small_patient.scans[n].truth.regions for n in (0, 2))
    later = {region.foci: region for region in last}
    pairs = [(region, later[region.foci]) for region in first if region.foci in later]
    assert pairs
    for before, after in pairs:
        moved = small_patient.displace(before.centroid_mm, source=0, target=2)
        assert np.linalg.norm(moved - after.centroid_mm) < 4
