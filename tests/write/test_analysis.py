"""The whole output folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from eupnea.analysis import Analysis
from eupnea.progress import Step
from eupnea.write import write_analysis
from eupnea.write.document import AnalysisDocument


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output, written once."""
    out = tmp_path_factory.mktemp("written") / "out"
    write_analysis(analysis, out)
    return out


def test_every_file_of_the_contract(folder: Path) -> None:
    """The folder holds what the contract names, at its place."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {"analysis.json", "report.html", "regions.csv", "events.csv", "run.json"}
    document = AnalysisDocument.model_validate_json((folder / "analysis.json").read_bytes())
    for scan in document.scans:
        for mask in ("roi", "normal", "abnormal", "regions"):
            assert f"{scan.folder}/{mask}.nii.gz" in names


def test_same_analysis_same_bytes(analysis: Analysis, folder: Path, tmp_path: Path) -> None:
    """Writing an analysis again gives every file byte for byte."""
    write_analysis(analysis, tmp_path / "again")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes()


def test_tells_its_steps(analysis: Analysis, tmp_path: Path) -> None:
    """Progress counts up to the total, one step at a time."""
    steps: list[Step] = []
    write_analysis(analysis, tmp_path / "out", progress=steps.append)
    assert [step.done for step in steps] == list(range(steps[0].total))
