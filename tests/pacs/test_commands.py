"""`eupnea pull`, `push` and `watch`, from the command line to the archive and back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("dicomweb_client", reason="the extra `pacs` is not installed")

from typer.testing import CliRunner

from eupnea.cli import app
from eupnea.errors import EupneaError
from eupnea.pacs import archive
from support.ct import SHAPE, ct_series, save
from support.orthanc import PASSWORD, Orthanc


def eupnea(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    command = [sys.executable, "-m", "eupnea", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)


def test_pull_then_push(orthanc: Orthanc, tmp_path: Path) -> None:
    """The patient's slices come; an object goes, once; stdout stays empty."""
    source = save(ct_series(PatientID="p7"), tmp_path / "source")
    orthanc.fill(source)
    pulled = eupnea("pull", "--dicomweb", orthanc.url, "--patient", "p7", "--out", tmp_path / "ct")
    assert (pulled.returncode, pulled.stdout) == (0, ""), pulled.stderr
    assert f"1 studies in {tmp_path / 'ct'}, {SHAPE[0]} slices fetched now" in pulled.stderr
    orthanc.clear()
    pushed = eupnea("push", source / "IM0000.dcm", "--dicomweb", orthanc.url)
    assert (pushed.returncode, pushed.stdout) == (0, ""), pushed.stderr
    assert "1 objects stored, 0 were there before" in pushed.stderr
    assert len(orthanc.instances("CT")) == 1


def test_exit_codes_are_the_contract(
    orthanc: Orthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody found, a wrong address and nothing written: 3, 2 and 5, and no patient is named."""
    monkeypatch.setattr(archive, "BACK_OFF_MS", 1)
    (one,) = save(ct_series()[:1], tmp_path / "source").iterdir()
    pull = ["pull", "--patient", "canary-nobody", "--out", str(tmp_path / "ct"), "--dicomweb"]
    push = ["push", str(one), "--dicomweb", "http://127.0.0.1:9"]
    for arguments, code in (([*pull, orthanc.url], 3), ([*pull, "pacs"], 2), (push, 5)):
        done = CliRunner().invoke(app, arguments)
        assert isinstance(done.exception, EupneaError)
        assert done.exception.exit_code == code
        assert "canary" not in f"{done.output} {done.exception}"


@pytest.mark.slow
def test_watch_measures_a_phantom(
    orthanc: Orthanc, small_patient_dicom: Path, tmp_path: Path
) -> None:
    """A synthetic chest is found, measured and answered; a second start has nothing to do."""
    study = min(path for path in small_patient_dicom.iterdir() if path.is_dir())
    orthanc.fill(study)
    command = ("watch", "--dicomweb", orthanc.url, "--folder", tmp_path / "watch")
    options = ("--since", "2000-01-01", "--every", "0.1", "--settle", "0.1", "--once")
    done = eupnea(*command, *options)
    assert done.returncode == 0, done.stderr
    assert "1 scans measured, 2 objects stored" in done.stderr
    assert PASSWORD not in done.stderr
    assert len(orthanc.instances("SEG")) == 2
    again = eupnea(*command, *options)
    assert (again.returncode, again.stderr) == (0, "")
