"""The analyses that clients asked for, each in a folder of its own."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.outcome import Outcome
from eupnea.read.image_file import ending
from eupnea.read.options import Limits
from eupnea.web.order import Doing, Ended, JobDocument, Order, State
from eupnea.write.whole import recall, remember, write_whole

ZIP = ".zip"

LIMITS = Limits()
"""An analysis is sent at most what an archive may hold."""

_ID = re.compile(r"[0-9a-f]{16}")


class Placed(BaseModel):
    """An order, and when it came."""

    model_config = ConfigDict(frozen=True)

    order: Order
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Job:
    """One analysis on disk. What it tells is read anew each time."""

    folder: Path
    placed: Placed

    @property
    def id(self) -> str:
        """Its name, which cannot be guessed."""
        return self.folder.name

    @property
    def result(self) -> Path:
        """The output folder, as `eupnea analyze` writes it."""
        return self.folder / "result"

    @property
    def ended(self) -> Ended | None:
        """How it ended."""
        return recall(self.folder / "ended.json", Ended)

    @property
    def state(self) -> State | Outcome:
        """How far it is."""
        return self.document().state

    def document(self) -> JobDocument:
        """What a client is told, each file read once: an end that comes meanwhile is told next."""
        ended = self.ended
        doing = None if ended else recall(self.folder / "doing.json", Doing)
        return JobDocument(
            id=self.id,
            order=self.placed.order,
            created_at=self.placed.created_at,
            state=ended.outcome if ended else self._underway(doing),
            doing=doing,
            ended=ended,
        )

    def _underway(self, doing: Doing | None) -> State:
        """How far it is that has not ended; running as soon as a step is told."""
        if not self._queued.exists():
            return State.OPEN
        return State.RUNNING if doing else State.WAITING

    def source(self, number: int, name: str) -> Path:
        """Where a file that is sent goes; of its name only the ending is used.

        Raises:
            Refusal: With a number beyond the most files that are read.
        """
        if not 0 <= number < LIMITS.archive_entries:
            raise Refusal(
                RefusalCode.SOURCE_TOO_LARGE,
                expected=f"at most {LIMITS.archive_entries} files",
                found=f"number {number}",
            )
        kind = ZIP if name.lower().endswith(ZIP) else ending(name)
        return self._files / (f"{number:05d}{kind}" if kind else f"dicom/{number:05d}.dcm")

    def size(self) -> int:
        """Bytes of all files that were sent."""
        return sum(path.stat().st_size for path in self._files.rglob("*") if path.is_file())

    def sources(self) -> list[Path]:
        """What was sent, as `read_timeline` takes it: loose DICOM files are one folder."""
        return sorted(path for path in _entries(self._files) if not path.name.startswith("."))

    def view(self, index: int) -> Path:
        """The scan of an index as one image, for looking at it."""
        return self.folder / "view" / f"{index:02d}.nii.gz"

    def enqueue(self) -> None:
        """Remember that all files are there."""
        write_whole(self._queued, b"")

    def tell(self, doing: Doing) -> None:
        """Remember the step that begins."""
        remember(self.folder / "doing.json", doing)

    def end(self, ended: Ended) -> None:
        """Remember how it ended."""
        remember(self.folder / "ended.json", ended)

    def begin_again(self) -> None:
        """Forget what a killed run had begun."""
        (self.folder / "doing.json").unlink(missing_ok=True)

    def drop_sources(self) -> None:
        """Removes what was sent: the answer and the views are kept, the patient's files are not."""
        shutil.rmtree(self._files, ignore_errors=True)

    @property
    def _files(self) -> Path:
        return self.folder / "sources"

    @property
    def _queued(self) -> Path:
        return self.folder / "queued"


class Jobs:
    """A folder of analyses.

    Raises:
        OutputError: When it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {folder}: {error.strerror}") from error

    def open(self, order: Order) -> Job:
        """A new one, to which files may be sent.

        Raises:
            OutputError: When the folder cannot be written.
        """
        created_at = datetime.now(UTC).replace(microsecond=0)
        job = Job(
            folder=self._folder / secrets.token_hex(8),
            placed=Placed(order=order, created_at=created_at),
        )
        remember(job.folder / "order.json", job.placed)
        return job

    def find(self, key: str) -> Job | None:
        """The one of an id; `None` when there is none."""
        folder = self._folder / key
        placed = recall(folder / "order.json", Placed) if _ID.fullmatch(key) else None
        return None if placed is None else Job(folder=folder, placed=placed)

    def all(self) -> list[Job]:
        """All of them, newest first."""
        found = (self.find(path.name) for path in _entries(self._folder))
        jobs = [job for job in found if job is not None]
        return sorted(jobs, key=lambda job: (job.placed.created_at, job.id), reverse=True)

    def remove(self, job: Job) -> None:
        """Removes one with all that it holds."""
        (job.folder / "order.json").unlink(missing_ok=True)
        shutil.rmtree(job.folder, ignore_errors=True)


def _entries(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())
