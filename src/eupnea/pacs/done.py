"""Which studies have been done, remembered on disk."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eupnea.errors import OutputError, UsageError
from eupnea.pacs.entry import Study, short

SINCE = "since"
STORED = "stored"


class Done(BaseModel):
    """What became of one study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str
    """Its identifier in the archive."""
    slices: int
    """Of its CT series, when it was done; a study that grows is done again."""
    instances: int | None = None
    """Of all kinds, as far as the archive counts; while it stays, the slices need no count."""
    outcome: str
    """`stored`, `elsewhere` when it shows another part of the body, or the code of a refusal."""
    scans: int = 0
    objects: int = 0


class Register:
    """A folder with one file per study done.

    A record is written when the work is finished, aside and then renamed: a
    watch that is killed at any moment finds a study undone or done.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, study: Study) -> Done | None:
        """The record of a study; `None` when it is not done."""
        try:
            record = Done.model_validate_json(self._path(study).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        return record if record.study == study.uid else None

    def add(self, study: Study, record: Done) -> None:
        """Remember a study as done."""
        write_whole(self._path(study), record.model_dump_json(indent=1))

    def since(self, given: date | None) -> date:
        """The first day to look at: the one given, else that of the first start."""
        path = self._folder / SINCE
        if given is None and path.exists():
            return date.fromisoformat(path.read_text().strip())
        day = given or datetime.now().astimezone().date()
        write_whole(path, day.isoformat())
        return day

    def _path(self, study: Study) -> Path:
        return self._folder / f"{short(study.uid)}.json"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder for one process; the system gives it free however that ends.

    Raises:
        UsageError: Another process holds it.
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"another watch works in {folder}") from None
    finally:
        os.close(handle)


def write_whole(path: Path, content: str) -> None:
    """Write a small file aside and rename it.

    Raises:
        OutputError: It cannot be written.
    """
    aside = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as opened:
            opened.write(content + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
