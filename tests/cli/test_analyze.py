"""`eupnea analyze`: the contract of the command, from DICOM to the output folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from eupnea.phantom import Patient
from eupnea.write import AnalysisDocument

SOME_FILES = ("analysis.json", "report.html", "regions.csv", "events.csv", "run.json")
MASKS = ("roi", "normal", "abnormal", "regions")


def eupnea(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    command: Sequence[str] = [sys.executable, "-m", "eupnea", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="session")
def output(small_patient_dicom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of one run over three DICOM studies."""
    out = tmp_path_factory.mktemp("analysis") / "out"
    done = eupnea("analyze", small_patient_dicom, "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((out / "analysis.json").read_text())
    return out


def test_every_file_of_the_contract_is_there(output: Path) -> None:
    """Documents, tables and four masks per scan."""
    document = json.loads((output / "analysis.json").read_text())
    assert document["schema"] == "eupnea/analysis/1"
    assert all((output / name).is_file() for name in SOME_FILES)
    for scan in document["scans"]:
        folder = output / scan["folder"]
        assert all((folder / f"{name}.nii.gz").is_file() for name in MASKS)


def test_abnormal_is_roi_minus_normal_in_the_masks(output: Path) -> None:
    """The design's one equation holds in what is written, voxel by voxel."""
    for folder in sorted((output / "scans").iterdir()):
        roi, normal, abnormal, regions = (
            np.asarray(nib.load(folder / f"{name}.nii.gz").dataobj) > 0 for name in MASKS
        )
        np.testing.assert_array_equal(abnormal, roi & ~normal)
        np.testing.assert_array_equal(abnormal, regions)


def test_numbers_and_masks_agree(output: Path) -> None:
    """A volume in the document is the volume of its mask."""
    document = AnalysisDocument.model_validate_json((output / "analysis.json").read_text())
    for scan in document.scans:
        image = nib.load(output / scan.folder / "abnormal.nii.gz")
        voxel_ml = abs(np.linalg.det(image.affine)) / 1000
        measured = float(np.count_nonzero(np.asarray(image.dataobj)) * voxel_ml)
        assert scan.abnormal.volume_ml == pytest.approx(measured, abs=0.01)


def test_the_lungs_of_the_phantom_are_found(output: Path, small_patient: Patient) -> None:
    """Through DICOM and back, each region of interest is within 5 % of the truth."""
    document = AnalysisDocument.model_validate_json((output / "analysis.json").read_text())
    for scan, made in zip(document.scans, small_patient.scans, strict=True):
        assert scan.roi.volume_ml == pytest.approx(made.truth.roi.volume_ml, rel=0.05)


def test_every_input_file_is_accounted_for(output: Path, small_patient_dicom: Path) -> None:
    """`run.json` names as many files as the source holds."""
    record = json.loads((output / "run.json").read_text())
    there = [path for path in small_patient_dicom.rglob("*") if path.is_file()]
    assert record["files_used"] + record["files_set_aside"] == len(there)


def test_the_report_asks_nothing_of_the_network(output: Path) -> None:
    """One self-contained file, whatever opens it."""
    report = (output / "report.html").read_text()
    assert "http://" not in report.replace("http://www.w3.org", "")
    assert "https://" not in report


def test_a_broken_third_scan_does_not_lose_the_first_two(
    small_patient_dicom: Path, tmp_path: Path
) -> None:
    """Exit code 4, two scans measured, the third named with its code."""
    source = tmp_path / "source"
    shutil.copytree(small_patient_dicom, source)
    studies = sorted(path for path in source.iterdir() if path.is_dir())
    for slice_file in sorted(studies[-1].rglob("*.dcm"))[40:50]:
        slice_file.unlink()
    done = eupnea("analyze", source, "--out", tmp_path / "out")
    assert done.returncode == 4, done.stderr
    document = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert len(document["scans"]) == 2
    assert [one["code"] for one in document["refused"]] == ["SLICES_MISSING"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "nowhere", "SOURCE_MISSING"),
        (lambda folder: folder, "NO_CT"),
        (lambda folder: _write(folder / "a.nii.gz", b"no image"), "SOURCE_UNREADABLE"),
    ],
    ids=["missing", "empty folder", "unreadable"],
)
def test_a_refusal_exits_with_3_and_leaves_nothing(
    make: Callable[[Path], Path], code: str, tmp_path: Path
) -> None:
    """The code is printed, and no output folder is left behind."""
    source = tmp_path / "source"
    source.mkdir()
    done = eupnea("analyze", make(source), "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert code in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_scans_without_lungs_are_refused(tmp_path: Path) -> None:
    """A block of water is no chest."""
    image = nib.Nifti1Image(np.zeros((64, 64, 40), np.int16), np.diag([3.0, 3.0, 3.0, 1.0]))
    nib.save(image, tmp_path / "water_2020-01-01.nii.gz")
    done = eupnea("analyze", tmp_path / "water_2020-01-01.nii.gz", "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "out").exists()


def test_two_scans_at_one_time_are_refused(small_patient_nifti: Path, tmp_path: Path) -> None:
    """The order of two scans is never guessed."""
    scans = sorted(small_patient_nifti.glob("*.nii.gz"))[:2]
    dates = ("--dates", "2020-01-01", "2020-01-01")
    done = eupnea("analyze", *scans, *dates, "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "TIME_EQUAL" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_is_said_before_measuring(tmp_path: Path) -> None:
    """A file where the folder should be is wrong usage, found at once."""
    taken = tmp_path / "taken"
    taken.write_text("mine")
    done = eupnea("analyze", tmp_path, "--out", taken)
    assert done.returncode == 2
    assert taken.read_text() == "mine"


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
