"""`eupnea check`: the verdict in words and in JSON, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer import Typer
from typer.testing import CliRunner, Result

from eupnea.cli.check import check
from support.ct import ct_series, save
from support.nifti import save_nifti


def run(*arguments: object) -> Result:
    """Runs the command."""
    app = Typer()
    app.command()(check)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def broken(folder: Path) -> Path:
    """A folder with a good study, and one with a gap."""
    save(ct_series(study="a"), folder / "a")
    slices = ct_series(study="b", AcquisitionTime="13")
    del slices[4]
    save(slices, folder / "b")
    return folder


def test_a_good_source_exits_with_0(tmp_path: Path) -> None:
    """The series is named, and all files are counted."""
    result = run(save(ct_series(), tmp_path / "ct"))
    assert result.exit_code == 0
    assert "USED  ct, series 3 (16 slices)" in result.stdout
    assert "16 of 16 files used" in result.stdout


def test_a_refused_series_exits_with_3(tmp_path: Path) -> None:
    """The code, the place and the remedy are printed."""
    result = run(broken(tmp_path / "ct"))
    assert result.exit_code == 3
    assert "REFUSED  ct/b, series 3 (15 slices)" in result.stdout
    assert "SLICES_MISSING" in result.stdout
    assert "z=-260.0" in result.stdout
    assert "archive" in result.stdout


def test_json_tells_the_same(tmp_path: Path) -> None:
    """Programs read codes instead of sentences."""
    result = run(broken(tmp_path / "ct"), "--json")
    told: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 3
    assert told["schema"] == "eupnea/check/1"
    assert [one["outcome"] for one in told["series"]] == ["used", "refused"]
    assert told["series"][1]["findings"][0]["code"] == "SLICES_MISSING"
    assert told["refusal"] is None
    assert len(told["files"]) == 31


def test_an_empty_folder_has_no_timeline(tmp_path: Path) -> None:
    """What stands against the whole is said."""
    result = run(tmp_path)
    assert result.exit_code == 3
    assert "No timeline: NO_CT" in result.stdout


def test_the_options_of_reading_count(tmp_path: Path) -> None:
    """What `analyze` measures under an option, `check` lets pass under it."""
    source = broken(tmp_path / "ct")
    assert run(source, "--fill-gaps").exit_code == 0
    images = [save_nifti(tmp_path / f"{name}.nii.gz") for name in "ab"]
    assert run(*images).exit_code == 3
    dated = run(*images, "--dates", "2020-03-05", "--dates", "2020-06-11")
    assert dated.exit_code == 0, dated.stdout


def test_two_patients_are_told_apart_by_file(tmp_path: Path) -> None:
    """Which two files contradict each other, in what, and what to do; never how."""
    slices = ct_series()
    slices[3].PatientBirthDate = "19991231"
    source = save(slices, tmp_path / "ct")
    for told in (run(source).stdout, run(source, "--json").stdout):
        assert "ct/IM0000.dcm, ct/IM0003.dcm" in told
        assert "another birth date" in told
        assert "Separate the patients" in told
        assert "1999" not in told
