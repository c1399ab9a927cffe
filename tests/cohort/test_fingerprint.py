"""A fingerprint changes with what decides the answer, and with nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import eupnea.cohort.fingerprint as module
from eupnea.cohort import CohortCase, Settings
from eupnea.cohort.fingerprint import fingerprint


@pytest.fixture
def case(tmp_path: Path) -> CohortCase:
    """A folder of two files, one of them deeper."""
    folder = tmp_path / "A"
    (folder / "deep").mkdir(parents=True)
    (folder / "1.dcm").write_bytes(b"one")
    (folder / "deep" / "2.dcm").write_bytes(b"two")
    return CohortCase(name="A", sources=(folder,))


def _write(path: str, content: bytes) -> Callable[[CohortCase], object]:
    return lambda case: (case.sources[0] / path).write_bytes(content)


@pytest.mark.parametrize(
    "change",
    [
        _write("1.dcm", b"One"),
        _write("3.dcm", b""),
        lambda case: (case.sources[0] / "1.dcm").rename(case.sources[0] / "4.dcm"),
        lambda case: (case.sources[0] / "deep" / "2.dcm").unlink(),
        lambda case: shutil.rmtree(case.sources[0]),
    ],
    ids=["content", "new file", "renamed", "deleted", "missing"],
)
def test_it_changes_with_the_files(
    change: Callable[[CohortCase], object], case: CohortCase
) -> None:
    """Whatever happens to them."""
    before = fingerprint(case, Settings())
    change(case)
    assert fingerprint(case, Settings()) != before


def test_it_changes_with_dates_settings_model_and_version(
    case: CohortCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that `eupnea analyze` is told."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "a.onnx").write_bytes(b"weights")
    own = Settings(model=model)
    marks = [
        fingerprint(case, Settings()),
        fingerprint(case.model_copy(update={"dates": ("2020-03-05",)}), Settings()),
        fingerprint(case, Settings(harmonise=True)),
        fingerprint(case, Settings(change_floor=31.0)),
        fingerprint(case, own),
    ]
    (model / "a.onnx").write_bytes(b"others")
    marks.append(fingerprint(case, own))
    monkeypatch.setattr(module, "__version__", "0.0.0")
    marks.append(fingerprint(case, Settings()))
    assert len(set(marks)) == len(marks)


def test_it_stays_when_a_case_moves_or_is_renamed(case: CohortCase, tmp_path: Path) -> None:
    """Where files lie, and what the case is called, decide nothing."""
    moved = tmp_path / "elsewhere" / "A"
    shutil.copytree(case.sources[0], moved)
    other = CohortCase(name="B", sources=(moved,))
    assert fingerprint(other, Settings()) == fingerprint(case, Settings())


def test_files_cannot_pass_for_one_another(tmp_path: Path) -> None:
    """Neither by where one ends and the next begins, nor by the source they belong to."""
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
    (first / "a").write_bytes(b"x")
    before = fingerprint(CohortCase(name="A", sources=(first, second)), Settings())
    (first / "a").rename(second / "a")
    assert fingerprint(CohortCase(name="A", sources=(first, second)), Settings()) != before
