"""Written patients: read back as they were, byte for byte the same each time."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from eupnea.phantom import (
    LesionKind,
    LesionPlan,
    Patient,
    PatientPlan,
    build,
    lung_points,
    write_dicom,
    write_nifti,
    write_truth,
)
from eupnea.read import read_timeline


@pytest.fixture(scope="module")
def patient(tiny_plan: Callable[..., PatientPlan]) -> Patient:
    """A patient with one growing lesion."""
    centre = lung_points(seed=5, count=1, depth_mm=25)[0].tolist()
    lesion = LesionPlan(
        kind=LesionKind.CONSOLIDATION, centre_mm=tuple(centre), radius_mm=(15.0, 22.0)
    )
    return build(tiny_plan(lesion, noise_hu=15))


def digest(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_dicom_is_read_back_as_it_was(patient: Patient, tmp_path: Path) -> None:
    """The same numbers at the same places and times."""
    write_dicom(patient, tmp_path)
    timeline = read_timeline([tmp_path]).timeline
    assert len(timeline) == 2
    for read, made in zip(timeline, patient.scans, strict=True):
        np.testing.assert_array_equal(read.hu, made.scan.hu)
        assert read.geometry.is_close(made.scan.geometry)
        assert read.acquired_at.replace(tzinfo=None) == made.scan.acquired_at.replace(tzinfo=None)


def test_the_thin_series_is_chosen_among_extra_ones(patient: Patient, tmp_path: Path) -> None:
    """Localizer and thick reconstruction are set aside."""
    write_dicom(patient, tmp_path, extra_series=True)
    timeline = read_timeline([tmp_path]).timeline
    np.testing.assert_array_equal(timeline.scans[0].hu, patient.scans[0].scan.hu)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
def test_every_series_is_valid_dicom(patient: Patient, tmp_path: Path) -> None:
    """The standard's verifier finds no error and no warning."""
    write_dicom(patient, tmp_path, extra_series=True)
    for path in tmp_path.glob("study_00/*/0001.dcm"):
        said = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False)
        assert "Error" not in said.stderr
        assert "Warning" not in said.stderr


def test_nifti_is_read_back_as_it_was(patient: Patient, tmp_path: Path) -> None:
    """The same numbers, and an affine that puts them at the same places."""
    write_nifti(patient, tmp_path)
    image = nib.load(tmp_path / f"{patient.scan_name(0)}.nii.gz")
    np.testing.assert_array_equal(
        np.asarray(image.dataobj).transpose(2, 1, 0), patient.scans[0].scan.hu
    )
    corner = image.affine @ [0, 0, 0, 1]
    np.testing.assert_allclose(
        corner[:3] * [-1, -1, 1], patient.scans[0].scan.geometry.origin_mm, atol=1e-4
    )


def test_writing_twice_gives_the_same_bytes(patient: Patient, tmp_path: Path) -> None:
    """Nothing in a file depends on when or where it was written."""
    for name in ("one", "two"):
        write_dicom(patient, tmp_path / name / "d")
        write_nifti(patient, tmp_path / name / "n")
        write_truth(patient, tmp_path / name / "t")
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_the_truth_is_written_whole(patient: Patient, tmp_path: Path) -> None:
    """Masks, regions, events and landmarks are those of the patient."""
    write_truth(patient, tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text())
    scan = patient.scans[1]
    assert truth["changes"][0]["events"][0]["kind"] == "grown"
    assert truth["scans"][1]["abnormal_ml"] == pytest.approx(scan.truth.abnormal.volume_ml)
    first, second = (np.array(points) for points in truth["landmarks_mm"])
    np.testing.assert_allclose(patient.displace(first, source=0, target=1), second, atol=1e-3)
    regions = nib.load(tmp_path / patient.scan_name(1) / "regions.nii.gz")
    np.testing.assert_array_equal(np.asarray(regions.dataobj).transpose(2, 1, 0), scan.truth.labels)
