"""An output folder that is there whole, or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eupnea.errors import OutputError, UsageError

DOCUMENT = "analysis.json"

CONTENT = frozenset(
    {
        DOCUMENT,
        "dicom",
        "events.csv",
        "regions.csv",
        "report.html",
        "run.json",
        "scans",
        "scans.csv",
    }
)
"""Everything that an output folder may hold."""


def check_output(out: Path) -> None:
    """Whether an output can be written at a path; cheap, so ask before measuring.

    Raises:
        UsageError: When the path is a file, or a folder that holds anything
            but an earlier output.
        OutputError: When no folder can be made there.
    """
    if not out.exists():
        _refuse_unwritable(_first_existing(out.absolute().parent))
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; --out needs a folder")
    names = {entry.name for entry in out.iterdir()}
    if names and not _is_output(out):
        raise UsageError(f"{out} is not empty, and is not an earlier output of eupnea")
    if foreign := sorted(names - CONTENT):
        raise UsageError(f"{out} holds a file that eupnea did not write: {foreign[0]}")
    _refuse_unwritable(out.absolute().parent)


@contextmanager
def written_aside(out: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `out` when the block ends well.

    It lies beside `out`, so that the last step is a rename. When the block
    fails, nothing is left, and an earlier output stays as it was.

    Raises:
        UsageError: As `check_output`, or when another run is writing there.
        OutputError: When the disk is full, or writing is not permitted.
    """
    check_output(out)
    target = out.absolute()
    aside = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(aside):
            try:
                yield aside
                _flush(aside)
                _swap(aside, target)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Own an empty folder; what a killed run left in it is cleared away."""
    folder.mkdir(exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle, folder)
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    """Lock the folder; the system gives it free when this process ends, however it ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = os.fstat(handle).st_ino == folder.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        held = False
    if not held:
        raise UsageError(f"another run is writing {folder.name} in {folder.parent}")


def _swap(aside: Path, target: Path) -> None:
    """Put a whole folder in the place of another, or of nothing."""
    if not (target.exists() and any(target.iterdir())):
        aside.rename(target)
        return
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Wait until every file is on the disk: a full disk shows itself here at the latest."""
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_output(folder: Path) -> bool:
    try:
        document = json.loads((folder / DOCUMENT).read_bytes())
    except (OSError, ValueError):
        return False
    schema = document.get("schema") if isinstance(document, dict) else None
    return isinstance(schema, str) and schema.startswith("eupnea/analysis/")


def _first_existing(path: Path) -> Path:
    return path if path.exists() else _first_existing(path.parent)


def _refuse_unwritable(folder: Path) -> None:
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise OutputError(f"cannot write in {folder}: permission denied")
