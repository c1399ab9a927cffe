"""What became of each case, remembered on disk."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Self

from eupnea.cohort.plan import CASES
from eupnea.outcome import End
from eupnea.write.folder import DOCUMENT
from eupnea.write.whole import recall, remember

FOLDER = "records"


class Record(End):
    """What became of one case."""

    case: str
    fingerprint: str | None = None
    """Of what it was measured from; `None` when it broke down before that was known."""
    document_sha256: str | None = None
    """Of its `analysis.json`, if it has one."""
    seconds: float = 0.0

    @classmethod
    def told(cls, case: str, end: End) -> Self:
        """A case, and how its analysis ended."""
        return cls(case=case, outcome=end.outcome, code=end.code, text=end.text)


class Records:
    """A folder with one file per case.

    A record is written when the case's output is there whole: a run that is killed
    at any moment finds a case undone or done.
    """

    def __init__(self, cohort: Path) -> None:
        self._cohort = cohort

    def find(self, case: str) -> Record | None:
        """The record of a case; `None` when there is none, or none that can be read."""
        record = recall(self._path(case), Record)
        return record if record is not None and record.case == case else None

    def add(self, record: Record) -> None:
        """Remember what became of a case.

        Raises:
            OutputError: It cannot be written.
        """
        remember(self._path(record.case), record)

    def result(self, case: str) -> Path:
        """The output folder of a case."""
        return self._cohort / CASES / case

    def discard_result(self, case: str) -> None:
        """Removes the output of a case that could not be measured again: it is of other files."""
        shutil.rmtree(self.result(case), ignore_errors=True)

    def document(self, case: str) -> bytes | None:
        """The `analysis.json` that lies in a case's folder now."""
        path = self.result(case) / DOCUMENT
        return path.read_bytes() if path.exists() else None

    def document_sha256(self, case: str) -> str | None:
        """Of that document, as a record holds it."""
        return sha256_of(self.document(case))

    def holds(self, record: Record, fingerprint: str) -> bool:
        """Whether a record tells of these inputs, and of the output that lies there."""
        same = record.fingerprint == fingerprint
        return same and record.document_sha256 == self.document_sha256(record.case)

    def _path(self, case: str) -> Path:
        return self._cohort / FOLDER / f"{case}.json"


def sha256_of(document: bytes | None) -> str | None:
    """What a record says of a document; `None` of none."""
    return None if document is None else hashlib.sha256(document).hexdigest()
