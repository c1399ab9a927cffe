"""What goes wrong, told by an exit code: 1 to 6, and 130; nothing half-written is left."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

import eupnea.cli.run as command
import eupnea.write.analysis as writing
from eupnea.analysis import Analysis
from eupnea.segment import model
from support.command import eupnea


def _nothing_but(folder: Path, *names: str) -> bool:
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.fixture
def measured(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring takes no time: what follows is about the end of a run."""
    monkeypatch.setattr(command, "analyze", lambda *_, **__: analysis)


def _water(folder: Path) -> Path:
    hu = np.full((64, 64, 40), -1000, np.int16)
    hu[10:54, 10:54] = 40
    image = nibabel.Nifti1Image(hu, np.diag([5.0, 5.0, 5.0, 1.0]))
    nibabel.save(image, folder / "water_2020-01-01.nii.gz")
    return folder / "water_2020-01-01.nii.gz"


def _garbage(folder: Path) -> Path:
    (folder / "a_2020-01-01.nii.gz").write_bytes(b"no image")
    return folder / "a_2020-01-01.nii.gz"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "nowhere", "SOURCE_MISSING"),
        (lambda folder: folder, "NO_CT"),
        (_garbage, "SOURCE_UNREADABLE"),
        (_water, "NOT_CHEST"),
    ],
    ids=["missing", "empty folder", "unreadable", "no lungs"],
)
def test_a_refusal_exits_with_3(make: Callable[[Path], Path], code: str, tmp_path: Path) -> None:
    """The code is printed, and no output folder is left behind."""
    source = tmp_path / "source"
    source.mkdir()
    outcome = eupnea("analyze", make(source), "--out", tmp_path / "out")
    assert outcome.code == 3, outcome.err
    assert f"eupnea: {code}: expected" in outcome.err
    assert outcome.out == ""
    assert _nothing_but(tmp_path, "source")


def test_two_scans_at_one_time_are_refused(toy_nifti: tuple[Path, Path], tmp_path: Path) -> None:
    """The order of two scans is never guessed."""
    dates = ("--dates", "2020-01-01", "2020-01-01")
    outcome = eupnea("analyze", *toy_nifti, *dates, "--out", tmp_path / "out")
    assert outcome.code == 3, outcome.err
    assert "TIME_EQUAL" in outcome.err
    assert _nothing_but(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze",),
        ("analyze", "source", "--no-such-option"),
        ("no-such-command",),
        ("analyze", "source", "--out", "out", "--normal", "no-such-method"),
        ("analyze", "source", "--out", "taken"),
        ("analyze", "source", "--out", "source"),
    ],
    ids=["no source", "option", "command", "method", "out is a file", "out holds other files"],
)
def test_wrong_usage_exits_with_2(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found before anything is measured; what stands there stays."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mine.txt").write_text("mine")
    (tmp_path / "taken").write_text("mine")
    assert eupnea(*arguments).code == 2
    assert (tmp_path / "taken").read_text() == "mine"
    assert _nothing_but(tmp_path, "source", "taken")


def test_a_wrong_number_of_dates_is_wrong_usage(
    toy_nifti: tuple[Path, Path], tmp_path: Path
) -> None:
    """One date for two files says nothing about the second."""
    outcome = eupnea("analyze", *toy_nifti, "--dates", "2020-01-01", "--out", tmp_path / "out")
    assert outcome.code == 2, outcome.err
    assert _nothing_but(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_exits_with_5_before_measuring(tmp_path: Path) -> None:
    """Whoever may not write is told at once."""
    tmp_path.chmod(0o500)
    outcome = eupnea("analyze", tmp_path / "any", "--out", tmp_path / "out")
    tmp_path.chmod(0o700)
    assert outcome.code == 5, outcome.err


@pytest.mark.usefixtures("measured")
def test_a_full_disk_exits_with_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a half-written output is left."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_dicom", full)
    outcome = eupnea("analyze", tmp_path, "--out", tmp_path / "out")
    assert outcome.code == 5, outcome.err
    assert "No space left on device" in outcome.err
    assert _nothing_but(tmp_path)


def test_a_missing_model_exits_with_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that should be in the package and is not is no internal error."""
    monkeypatch.setattr(model, "SHIPPED", "eupnea-gone")
    outcome = eupnea("analyze", tmp_path, "--normal", "eupnea-gone", "--out", tmp_path / "out")
    assert outcome.code == 6, outcome.err
    assert "eupnea-gone" in outcome.err
    assert _nothing_but(tmp_path)


def test_an_altered_model_exits_with_6(tmp_path: Path) -> None:
    """A network without its card is not run."""
    (tmp_path / "net.onnx").write_bytes(b"weights")
    outcome = eupnea(
        "analyze", tmp_path, "--model", tmp_path / "net.onnx", "--out", tmp_path / "out"
    )
    assert outcome.code == 6, outcome.err
    assert _nothing_but(tmp_path, "net.onnx")


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """As in a terminal, even where the tests themselves run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("measured", "_interruptible")
@pytest.mark.parametrize("where", ["measuring", "writing"])
def test_an_interrupt_exits_with_130(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves nothing, whether it comes while measuring or while writing."""

    def interrupt(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    if where == "measuring":
        monkeypatch.setattr(command, "analyze", interrupt)
    else:
        monkeypatch.setattr(writing, "render_report", interrupt)
    assert eupnea("analyze", tmp_path, "--out", tmp_path / "out").code == 130
    assert _nothing_but(tmp_path)


@pytest.mark.usefixtures("measured")
def test_a_termination_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that its scheduler ends leaves no half-written output; 143 is 128 and SIGTERM."""
    monkeypatch.setattr(
        writing, "render_report", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
    )
    assert eupnea("analyze", tmp_path, "--out", tmp_path / "out").code == 143
    assert _nothing_but(tmp_path)
