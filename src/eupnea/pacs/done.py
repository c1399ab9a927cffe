"""Which studies have been done, remembered on disk."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eupnea.pacs.entry import Study, short
from eupnea.write.whole import recall, remember, write_whole

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
        record = recall(self._path(study), Done)
        return record if record is not None and record.study == study.uid else None

    def add(self, study: Study, record: Done) -> None:
        """Remember a study as done."""
        remember(self._path(study), record)

    def since(self, given: date | None) -> date:
        """The first day to look at: the one given, else that of the first start."""
        path = self._folder / SINCE
        if given is None and path.exists():
            return date.fromisoformat(path.read_text().strip())
        day = given or datetime.now().astimezone().date()
        write_whole(path, f"{day.isoformat()}\n".encode())
        return day

    def _path(self, study: Study) -> Path:
        return self._folder / f"{short(study.uid)}.json"
