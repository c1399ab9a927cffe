"""The toy patient that all tests of the command share."""

from __future__ import annotations

from pathlib import Path

import pytest

from eupnea.analysis import Analysis
from support.hand_made import hand_made_analysis
from support.toy_patient import save_toy_dicom, save_toy_nifti


@pytest.fixture(scope="session")
def toy_dicom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three studies of the toy patient below one folder."""
    return save_toy_dicom(tmp_path_factory.mktemp("toy") / "patient")


@pytest.fixture(scope="session")
def toy_nifti(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The first two scans as files, their dates in their names."""
    folder = tmp_path_factory.mktemp("toy-nifti")
    return save_toy_nifti(folder, 0), save_toy_nifti(folder, 1)


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    """Three scans of one patient, made by hand."""
    return hand_made_analysis()
