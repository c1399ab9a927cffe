"""`eupnea demo`: the way from a synthetic patient to an open report."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

import eupnea.cli.run
import eupnea.phantom
from eupnea.analysis import Analysis
from support.command import eupnea as command


@dataclass
class Seen:
    """What the command did on its way."""

    sources: list[Path] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


@pytest.fixture
def seen(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Making and measuring take minutes; here they take no time."""
    seen = Seen()
    scan = SimpleNamespace(truth=SimpleNamespace(abnormal=SimpleNamespace(volume_ml=25.0)))
    patient = SimpleNamespace(scans=[scan] * 3)

    def measure(sources: list[Path], *_: object, **__: object) -> Analysis:
        assert all((source / "1.dcm").is_file() for source in sources)
        seen.sources += sources
        return analysis

    def save(_: object, folder: Path) -> None:
        folder.mkdir()
        (folder / "1.dcm").touch()

    monkeypatch.setattr(eupnea.phantom, "make_patient", lambda **_: patient)
    monkeypatch.setattr(eupnea.phantom, "write_dicom", save)
    monkeypatch.setattr(eupnea.cli.run, "analyze", measure)
    monkeypatch.setattr(webbrowser, "open", seen.opened.append)
    return seen


def test_the_report_is_opened(seen: Seen, tmp_path: Path) -> None:
    """The truth is told beside what was measured, and the report is opened in a browser."""
    outcome = command("demo", "--out", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert "171 ml measured, 25 ml true" in outcome.err
    assert seen.opened == [(tmp_path / "out" / "report.html").as_uri()]


def test_runs_agree_and_leave_nothing(seen: Seen, tmp_path: Path) -> None:
    """The source has one name in all runs, so that `run.json` is the same; it is cleared away."""
    for name in ("one", "two"):
        assert command("demo", "--no-open", "--out", tmp_path / name).code == 0
    assert {source.name for source in seen.sources} == {"synthetic-patient"}
    assert not any(source.parent.exists() for source in seen.sources)
    assert seen.opened == []


def test_a_folder_in_use_is_said_before_anything_is_made(seen: Seen, tmp_path: Path) -> None:
    """Making the patient takes a minute: whoever named a wrong folder is told at once."""
    (tmp_path / "mine.txt").write_text("mine")
    outcome = command("demo", "--no-open", "--out", tmp_path)
    assert outcome.code == 2
    assert "making" not in outcome.err
    assert not seen.sources
