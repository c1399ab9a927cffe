"""`eupnea cohort`: many patients by a real Dask cluster, stopped, tried again, told of."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `cohort` is not installed")

from support.command import Outcome, eupnea

BASELINE = ("--normal", "density-baseline")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A cohort of two good files and a bad one, and what became of it."""

    outcome: Outcome
    sources: Path
    folder: Path


def _patients(toy_nifti: tuple[Path, Path], folder: Path) -> Path:
    sources = folder / "patients"
    sources.mkdir()
    for scan in toy_nifti:
        shutil.copy(scan, sources)
    return sources


@pytest.fixture(scope="module")
def run(toy_nifti: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run once; the bad file is repaired by a test, the last to look at it."""
    folder = tmp_path_factory.mktemp("cohort")
    sources = _patients(toy_nifti, folder)
    (sources / "bad_2020-01-01.nii.gz").write_bytes(b"no image")
    outcome = eupnea("cohort", "run", sources, "--out", folder / "out", "-j", 1, *BASELINE)
    return Run(outcome=outcome, sources=sources, folder=folder / "out")


def test_the_good_are_measured_and_the_bad_is_named(run: Run) -> None:
    """Exit code 4, a line for each that is not measured, and nothing else on stdout."""
    assert run.outcome.code == 4, run.outcome.err
    assert "3 patients: 2 measured, 1 refused" in run.outcome.err
    assert "eupnea: bad_2020-01-01: refused: SOURCE_UNREADABLE" in run.outcome.err
    assert run.outcome.out == ""
    names = {path.name for path in run.folder.iterdir()}
    tables = {"cases.csv", "scans.csv", "regions.csv", "events.csv"}
    assert names == tables | {"cases", "records", "cohort.json", "cohort.html"}


def test_a_case_is_what_analyze_makes_of_it(
    run: Run, toy_nifti: tuple[Path, Path], tmp_path: Path
) -> None:
    """Byte for byte, but for the record of the run."""
    assert eupnea("analyze", toy_nifti[0], "--out", tmp_path / "out", *BASELINE).code == 0
    case = run.folder / "cases" / toy_nifti[0].name.removesuffix(".nii.gz")
    alone = [path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.*")]
    assert len(alone) > 8
    for path in alone:
        if path.name != "run.json":
            assert (case / path).read_bytes() == (tmp_path / "out" / path).read_bytes(), path


def test_status_tells_without_measuring(run: Run) -> None:
    """For people and for programs."""
    told = eupnea("cohort", "status", run.folder)
    assert told.out.startswith("3 patients: 2 measured, 1 refused\nbad_2020-01-01: refused: ")
    document = json.loads(eupnea("cohort", "status", run.folder, "--json").out)
    assert document["count"] == {"measured": 2, "refused": 1}
    assert document["cases"]["bad_2020-01-01"]["code"] == "SOURCE_UNREADABLE"


def test_what_was_repaired_is_tried_again(run: Run, toy_nifti: tuple[Path, Path]) -> None:
    """With the options of the first run; the page is written anew."""
    shutil.copy(toy_nifti[0], run.sources / "bad_2020-01-01.nii.gz")
    again = eupnea("cohort", "retry", run.folder, "--case", "bad_2020-01-01", "-j", 1)
    assert again.code == 0, again.err
    assert "3 patients: 3 measured" in again.err
    page = (run.folder / "cohort.html").read_text(encoding="utf-8")
    assert "3 of 3 patients measured" in page
    (run.folder / "cohort.html").unlink()
    assert eupnea("cohort", "report", run.folder).code == 0
    assert (run.folder / "cohort.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "nowhere", "--out", "out"], 2, "expected a folder"),
        (["run", "empty", "--out", "out"], 2, "at least one case"),
        (["run", "bad", "--out", "out", "-j", "1"], 3, "1 patient"),
        (["run", "bad", "--out", "out", "-j", "1", "--scheduler", "tcp://x:1"], 2, "--workers"),
        (["run", "bad", "--out", "out", "--model", "nowhere.onnx"], 6, "nowhere.json"),
        (["status", "empty"], 2, "is no cohort"),
        (["report", "empty"], 2, "is no cohort"),
        (["retry", "empty"], 2, "is no cohort"),
    ],
)
def test_an_end_has_its_code(
    arguments: list[str], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the contract, with a sentence."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.nii.gz").write_bytes(b"no image")
    outcome = eupnea("cohort", *arguments)
    assert outcome.code == code, outcome.err
    assert told in outcome.err


def test_names_are_taken_out(toy_nifti: tuple[Path, Path], tmp_path: Path) -> None:
    """With `--deidentify` a file's own name stands in `cohort.json` alone, which stays at home."""
    sources, out = tmp_path / "patients", tmp_path / "out"
    sources.mkdir()
    shutil.copy(toy_nifti[0], sources / "canary_2020-03-05.nii.gz")
    ended = eupnea(
        "cohort", "run", sources, "--out", out, "--deidentify", "--key", tmp_path / "key",
        "-j", 1, *BASELINE,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "canary" not in ended.err
    for path in out.rglob("*"):
        assert "canary" not in path.name
        if path.is_file() and path.name != "cohort.json":
            assert b"canary" not in path.read_bytes(), path


@pytest.fixture
def heard() -> Iterator[None]:
    """SIGINT reaches what a test starts, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_leaves_no_process_behind(
    how: signal.Signals, code: int, toy_nifti: tuple[Path, Path], tmp_path: Path
) -> None:
    """It ends soon, with its code, and all that it started with it."""
    sources, out = tmp_path / "patients", tmp_path / "out"
    sources.mkdir()
    for number in range(30):
        shutil.copy(toy_nifti[0], sources / f"{number}_2020-03-05.nii.gz")
    command = [sys.executable, "-m", "eupnea", "cohort", "run", str(sources), "--out", str(out)]
    began = subprocess.Popen(
        [*command, "-j", "1", *BASELINE], stderr=subprocess.PIPE, start_new_session=True
    )
    _wait_until(lambda: any(out.glob("records/*.json")), seconds=300.0)
    began.send_signal(how)
    _, told = began.communicate(timeout=60)
    assert began.returncode == code, told
    assert b"Traceback" not in told, told
    _wait_until(lambda: not _is_alive(began.pid), seconds=30.0)


def test_killed_at_any_time_it_goes_on_to_the_same_bytes(
    toy_nifti: tuple[Path, Path], run: Run, tmp_path: Path
) -> None:
    """What is done is done, nothing is half done, and the processes are gone."""
    sources, out = _patients(toy_nifti, tmp_path), tmp_path / "out"
    command = [sys.executable, "-m", "eupnea", "cohort", "run", str(sources), "--out", str(out)]
    began = subprocess.Popen([*command, "-j", "1", *BASELINE], stderr=subprocess.DEVNULL)
    first = out / "records" / f"{toy_nifti[0].name.removesuffix('.nii.gz')}.json"
    _wait_for(first)
    os.kill(began.pid, signal.SIGKILL)
    began.wait()
    stamp = first.stat().st_mtime_ns
    ended = eupnea("cohort", "run", sources, "--out", out, "-j", 1, *BASELINE)
    assert ended.code == 0, ended.err
    assert first.stat().st_mtime_ns == stamp
    assert [path.name for path in out.rglob(".*")] == []
    for scan in toy_nifti:
        case = scan.name.removesuffix(".nii.gz")
        name = Path("cases") / case / "analysis.json"
        assert (out / name).read_bytes() == (run.folder / name).read_bytes()


def _is_alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(path: Path) -> None:
    _wait_until(path.exists, seconds=300.0)


def _wait_until(holds: Callable[[], bool], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited {seconds} s"
        time.sleep(0.02)
