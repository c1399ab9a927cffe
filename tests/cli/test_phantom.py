"""`eupnea phantom`: scans and truth in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

import eupnea.phantom
from eupnea.cli.phantom import phantom
from eupnea.errors import OutputError
from eupnea.phantom import Patient


def run(*arguments: object) -> None:
    """Runs the command; its error, if any, is raised."""
    app = Typer()
    app.command()(phantom)
    CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _ready_made(small_patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing is tested here, not making."""
    monkeypatch.setattr(eupnea.phantom, "make_patient", lambda **_: small_patient)


@pytest.mark.parametrize(("file_format", "ending"), [("dicom", "dcm"), ("nifti", "nii.gz")])
def test_scans_and_truth_are_written(tmp_path: Path, file_format: str, ending: str) -> None:
    """Scans in the asked format, truth.json and masks beside them."""
    run("--out", tmp_path, "--seed", 7, "--small", "--format", file_format)
    assert list((tmp_path / "scans").rglob(f"*.{ending}"))
    assert (tmp_path / "truth" / "truth.json").is_file()
    assert len(list((tmp_path / "truth").glob("*/roi.nii.gz"))) == 3


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        run("--out", tmp_path / "taken", "--seed", 7, "--small")
