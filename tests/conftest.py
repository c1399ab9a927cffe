"""Fixtures that every part shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from eupnea.phantom import Patient, make_patient, write_dicom, write_nifti


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real CT beside the repository; skips where it is missing."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real CT is not here: ../shared/data is missing")
    return folder


@pytest.fixture(scope="session")
def small_patient() -> Patient:
    """A synthetic patient with three coarse scans and known truth."""
    return make_patient(seed=7, small=True)


@pytest.fixture(scope="session")
def small_patient_dicom(small_patient: Patient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same patient as DICOM: one study per scan below one folder."""
    folder = tmp_path_factory.mktemp("patient")
    write_dicom(small_patient, folder)
    return folder


@pytest.fixture(scope="session")
def small_patient_nifti(small_patient: Patient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same patient as one NIfTI per scan."""
    folder = tmp_path_factory.mktemp("patient-nifti")
    write_nifti(small_patient, folder)
    return folder
