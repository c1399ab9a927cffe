"""`eupnea analyze`: the contract of the command, from DICOM to the output folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import pytest

from eupnea.write import AnalysisDocument
from support.command import Outcome, eupnea
from support.toy_chest import TOY_GRID, ToyChest
from support.toy_patient import BALLS, DATES

FILES = (
    "analysis.json", "report.html", "scans.csv", "regions.csv", "events.csv", "run.json",
)  # fmt: skip
MASKS = ("roi", "normal", "abnormal", "regions")


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """One run over three DICOM studies, and what it wrote."""

    outcome: Outcome
    folder: Path
    document: AnalysisDocument


@pytest.fixture(scope="module")
def analysed(toy_dicom: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysed:
    """The toy patient, analysed by the density baseline."""
    folder = tmp_path_factory.mktemp("analysis") / "out"
    outcome = eupnea(
        "analyze", toy_dicom, "--out", folder, "--normal", "density-baseline", "--json"
    )
    assert outcome.code == 0, outcome.err
    text = (folder / "analysis.json").read_text(encoding="utf-8")
    return Analysed(
        outcome=outcome, folder=folder, document=AnalysisDocument.model_validate_json(text)
    )


def test_json_is_all_that_stdout_holds(analysed: Analysed) -> None:
    """With `--json` stdout is the document, byte for byte; progress goes to stderr."""
    assert analysed.outcome.out == (analysed.folder / "analysis.json").read_text(encoding="utf-8")
    assert "measuring scan 2 of 3" in analysed.outcome.err


def test_every_file_of_the_contract_is_there(analysed: Analysed) -> None:
    """Documents, tables, four masks per scan, and DICOM objects for a DICOM source."""
    assert json.loads(analysed.outcome.out)["schema"] == "eupnea/analysis/1"
    assert all((analysed.folder / name).is_file() for name in FILES)
    for scan, date in zip(analysed.document.scans, DATES, strict=True):
        assert scan.folder == f"scans/{scan.index:02d}_{date}"
        for name in MASKS:
            assert (analysed.folder / scan.folder / f"{name}.nii.gz").is_file()
    assert list((analysed.folder / "dicom").glob("*.dcm"))


def test_abnormal_is_roi_minus_normal_in_the_masks(analysed: Analysed) -> None:
    """The design's one equation holds in what is written, voxel by voxel."""
    for folder in sorted((analysed.folder / "scans").iterdir()):
        roi, normal, abnormal, regions = (
            np.asarray(nibabel.load(folder / f"{name}.nii.gz").dataobj) > 0 for name in MASKS
        )
        np.testing.assert_array_equal(abnormal, roi & ~normal)
        np.testing.assert_array_equal(abnormal, regions)


def test_numbers_and_masks_agree(analysed: Analysed) -> None:
    """A volume in the document is the volume of its mask."""
    for scan in analysed.document.scans:
        image = nibabel.load(analysed.folder / scan.folder / "abnormal.nii.gz")
        voxel_ml = abs(np.linalg.det(image.affine)) / 1000
        measured = float(np.count_nonzero(np.asarray(image.dataobj)) * voxel_ml)
        assert scan.abnormal.volume_ml == pytest.approx(measured, abs=0.01)


def test_what_was_drawn_is_measured(analysed: Analysed) -> None:
    """The lungs are found within 5 %; as many regions as were drawn, within 15 % of their size.

    A voxel of 36 mm3 is large for a ball of 14 mm, whose border is half of it.
    """
    chest = ToyChest()
    voxel_ml = TOY_GRID.voxel_volume_ml
    lungs_ml = float(np.count_nonzero(chest.right | chest.left)) * voxel_ml
    for scan, balls in zip(analysed.document.scans, BALLS, strict=True):
        drawn = sum(np.count_nonzero(chest.ball(centre, (radius,) * 3)) for centre, radius in balls)
        assert scan.roi.volume_ml == pytest.approx(lungs_ml, rel=0.05)
        assert scan.abnormal.volume_ml == pytest.approx(drawn * voxel_ml, rel=0.15)
        assert scan.abnormal.count == len(balls)


def test_what_became_of_each_region_is_told(analysed: Analysed) -> None:
    """One grows, one stays until it resolves, one comes; the names stay through all scans."""
    told = [
        sorted((event.kind.value, event.before, event.after) for event in change.events)
        for change in analysed.document.changes
    ]
    assert told == [
        [("grown", ("R2",), ("R2",)), ("stable", ("R1",), ("R1",))],
        [("new", (), ("R3",)), ("resolved", ("R1",), ()), ("stable", ("R2",), ("R2",))],
        [("grown", ("R2",), ("R2",)), ("new", (), ("R3",)), ("resolved", ("R1",), ())],
    ]


def test_limits_and_names_are_the_users(
    analysed: Analysed, toy_dicom: Path, tmp_path: Path
) -> None:
    """Nothing grows by a thousand percent; regions are called what an earlier output says."""
    earlier = shutil.copytree(analysed.folder, tmp_path / "earlier")
    answer = earlier / "analysis.json"
    answer.write_text(answer.read_text(encoding="utf-8").replace('"R2"', '"R77"'))
    asked = ("--change-limit", "1000", "--change-floor", "10", "--names-from", earlier)
    out = tmp_path / "out"
    outcome = eupnea("analyze", toy_dicom, "-o", out, "--normal", "density-baseline", *asked)
    assert outcome.code == 0, outcome.err
    document = AnalysisDocument.model_validate_json((out / "analysis.json").read_text())
    first = document.changes[0].events
    assert {(event.kind.value, event.after) for event in first} == {
        ("stable", ("R77",)),
        ("stable", ("R1",)),
    }
    options = json.loads((out / "run.json").read_text())["options"]
    assert options["change_limits"] == "1000 % from 0 ml, and 10 mm3"
    assert options["names_kept"] == "yes"


def test_every_input_file_is_accounted_for(analysed: Analysed, toy_dicom: Path) -> None:
    """`run.json` names as many files as the source holds, the method, and the time taken."""
    record = json.loads((analysed.folder / "run.json").read_text(encoding="utf-8"))
    there = [path for path in toy_dicom.rglob("*") if path.is_file()]
    assert record["files_used"] + record["files_set_aside"] == len(there)
    assert record["options"]["normal"] == "density-baseline"
    assert record["seconds"].keys() >= {"reading the scans", "comparing the scans"}


def test_the_report_names_the_method_and_asks_nothing_of_the_network(analysed: Analysed) -> None:
    """One self-contained file, whatever opens it."""
    report = (analysed.folder / "report.html").read_text(encoding="utf-8")
    assert "density-baseline" in report
    assert "http://" not in report
    assert "https://" not in report


def test_dates_are_taken_in_the_order_of_the_files(
    toy_nifti: tuple[Path, Path], tmp_path: Path
) -> None:
    """`--dates` takes one date per file, and wins over the name."""
    outcome = eupnea(
        "analyze", *toy_nifti, "--dates", "2021-01-01", "2021-02-01", "--out", tmp_path / "out"
    )
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    folders = sorted(path.name for path in (tmp_path / "out" / "scans").iterdir())
    assert folders == ["00_2021-01-01", "01_2021-02-01"]
    assert not (tmp_path / "out" / "dicom").exists()


def test_a_broken_third_scan_does_not_lose_the_first_two(toy_dicom: Path, tmp_path: Path) -> None:
    """Exit code 4, two scans measured, the third named with its code."""
    source = shutil.copytree(toy_dicom, tmp_path / "source")
    for file in sorted((source / "study_2").iterdir())[20:30]:
        file.unlink()
    outcome = eupnea("analyze", source, "--out", tmp_path / "out")
    assert outcome.code == 4, outcome.err
    assert "left out" in outcome.err
    document = json.loads((tmp_path / "out" / "analysis.json").read_text(encoding="utf-8"))
    assert len(document["scans"]) == 2
    assert document["complete"] is False
    assert [one["code"] for one in document["refused"]] == ["SLICES_MISSING"]
    assert "SLICES_MISSING" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
