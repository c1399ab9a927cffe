"""`eupnea align`: from files to mapped points."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from eupnea.cli import app
from eupnea.compare.point_file import read_points, write_points
from eupnea.errors import UsageError
from support.toy_lungs import ToyLung, first_lung, second_lung, to_first


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans of one small lung, their lung masks, and points in the later one."""
    place = tmp_path_factory.mktemp("pair")
    for name, lung in (("first_2020-01-01", first_lung()), ("second_2020-03-01", second_lung())):
        _save(lung, place, name)
    write_points(place / "points.txt", _points(second_lung()))
    return place


def _save(lung: ToyLung, place: Path, name: str) -> None:
    for suffix, voxels in (("", lung.volume.voxels), ("_lung", lung.roi.voxels.astype(np.uint8))):
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(lung.roi.geometry.spacing_mm[::-1])
        image.SetOrigin(lung.roi.geometry.origin_mm)
        sitk.WriteImage(image, str(place / f"{name}{suffix}.mha"))


def _points(lung: ToyLung) -> NDArray[np.float64]:
    return lung.roi.geometry.to_mm(np.argwhere(lung.roi.voxels)[::97])


def _align(folder: Path, *options: str) -> Result:
    second, first = folder / "second_2020-03-01", folder / "first_2020-01-01"
    call = ["align", f"{second}.mha", f"{first}.mha"]
    call += ["--roi-fixed", f"{second}_lung.mha", "--roi-moving", f"{first}_lung.mha"]
    return CliRunner().invoke(app, [*call, *options])


def test_points_are_mapped(folder: Path, tmp_path: Path) -> None:
    """From the fixed scan to the moving one, in the same format."""
    given, out = folder / "points.txt", tmp_path / "mapped.txt"
    result = _align(folder, "--points", str(given), "--out", str(out), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["level"] == "deformable"
    points = read_points(given)
    error = np.linalg.norm(read_points(out) - to_first(points), axis=1)
    assert error.mean() < 0.6


def test_quality_is_told_in_words(folder: Path) -> None:
    """Without points, only how well it went."""
    result = _align(folder)
    assert result.exit_code == 0
    assert "level: deformable" in result.stdout
    assert "folded fraction: 0.0" in result.stdout


def test_points_without_a_place_to_go_are_a_usage_error(folder: Path) -> None:
    """Nothing is computed first."""
    result = _align(folder, "--points", str(folder / "points.txt"))
    assert isinstance(result.exception, UsageError)


def test_a_source_of_several_scans_is_a_usage_error(small_patient_dicom: Path) -> None:
    """One scan each."""
    place = str(small_patient_dicom)
    result = CliRunner().invoke(app, ["align", place, place])
    assert isinstance(result.exception, UsageError)
    assert "holds 3 scans" in str(result.exception)
