"""The images of one plan, handed out to readers and taken back drawn."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from eupnea.errors import Refusal, RefusalCode, UsageError
from eupnea.label.collecting import Collected, collect_labels
from eupnea.label.drawn import Canvas, read_drawn
from eupnea.label.learning_set import LearningSet, check_reader
from eupnea.label.prelabel import IMAGE, ORGAN
from eupnea.label.values import LabelValue
from eupnea.label.worklist import WorkItem, Worklist
from eupnea.nifti_file import nifti_bytes
from eupnea.organ import Organ
from eupnea.read import read_timeline
from eupnea.segment import segment_scan

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = (".seg.nrrd", ".nii.gz", ".nrrd", ".nii", ".mha")

MOST_SESSIONS = 4
"""The oldest image that a client sent goes when one more comes."""

ANONYMOUS = "user-xyz"
"""What 3D Slicer calls a reader who has not told a name."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """An image that a client sent, to see its normal and abnormal region."""

    id: str
    path: Path
    begun_at: datetime


@dataclass(kw_only=True)
class Desk:
    """What the server knows and does, whatever the protocol.

    One thread at a time writes.
    """

    plan: Path
    """Made by `eupnea label plan`."""
    labels: Path
    """The learning set."""
    organ: Organ
    reader: str = "reader"
    """Who draws, when a client does not say."""
    worklist: Worklist = field(init=False)
    _sessions: dict[str, Session] = field(init=False, default_factory=dict)
    _scratch: TemporaryDirectory[str] = field(init=False)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        self.worklist = Worklist.read(self.plan)
        self._scratch = TemporaryDirectory(prefix="eupnea-serve-")

    def close(self) -> None:
        """Remove what clients sent."""
        self._scratch.cleanup()

    def item(self, case: str) -> WorkItem:
        """The image of a name.

        Raises:
            LookupError: When the plan has none.
        """
        found = self.worklist.item(case.removesuffix(".nii.gz"))
        if found is None:
            raise LookupError(case)
        return found

    def image(self, item: WorkItem) -> Path:
        """File of an image."""
        return self.plan / item.folder / IMAGE

    def prelabel(self, item: WorkItem) -> Path:
        """File of the side to draw, as far as it is known."""
        return self.plan / item.folder / next(iter(item.prelabels))

    def drawn(self) -> dict[str, Path]:
        """Image and file of each final label."""
        learning = LearningSet(self.labels)
        return {case: learning.label(case) for case in learning.newest()}

    def next(self, reader: str) -> WorkItem | None:
        """The first image of the worklist that a reader has not drawn."""
        newest = LearningSet(self.labels).newest()
        done = {
            case for case, records in newest.items() if any(r.reader == reader for r in records)
        }
        return next((item for item in self.worklist.items if item.case not in done), None)

    def reader_of(self, client: str | None) -> str:
        """Who draws, from what a client says of itself."""
        if client is None or client == ANONYMOUS:
            return self.reader
        try:
            return check_reader(client)
        except UsageError:
            return self.reader

    def save(
        self, item: WorkItem, content: BinaryIO, name: str, *, names: Mapping[int, str], reader: str
    ) -> Collected:
        """Take a drawn label back, as `eupnea label collect` does.

        Args:
            item: The image.
            content: The label's file.
            name: Its name; only the ending is used.
            names: What values mean, as far as the client says.
            reader: Who drew.

        Raises:
            Refusal: What is wrong with the label.
        """
        canvas = Canvas.read(self.plan / item.folder / ORGAN)
        with self._received(content, name) as path:
            values = read_drawn(path, canvas.roi.geometry, names=names)
            file = path.with_name(f"{item.case}.nii.gz")
            file.write_bytes(canvas.file_bytes(values))
            with self._lock:
                found = collect_labels(self.plan, [file], self.labels, reader=reader, when=_now())
        for problem in found.problems:
            raise Refusal(
                RefusalCode(problem.code), expected="a label of this image", found=problem.text
            )
        return found

    def begin(self, content: BinaryIO, name: str) -> Session:
        """Keep an image that a client sent.

        Raises:
            Refusal: When its name is not that of an image file.
        """
        key = secrets.token_urlsafe(16)
        path = Path(self._scratch.name) / f"{key}{_ending(name)}"
        with self._lock:
            while len(self._sessions) >= MOST_SESSIONS:
                self._drop(next(iter(self._sessions)))
            _copy(content, path)
            self._sessions[key] = Session(id=key, path=path, begun_at=_now())
        return self._sessions[key]

    def session(self, key: str) -> Session:
        """An image that a client sent.

        Raises:
            LookupError: When there is none of that key.
        """
        return self._sessions[key]

    def end(self, key: str) -> Session:
        """Forget an image that a client sent.

        Raises:
            LookupError: When there is none of that key.
        """
        with self._lock:
            return self._drop(key)

    def segment(self, session: Session) -> bytes:
        """A NIfTI file of the normal (1) and abnormal (2) region of an image that was sent.

        Raises:
            Refusal: When it cannot be measured.
        """
        scan = next(iter(read_timeline([session.path]).timeline))
        found = segment_scan(scan, self.organ)
        values = np.zeros(scan.geometry.shape, np.uint8)
        values[found.normal.mask.voxels] = LabelValue.NORMAL
        values[found.abnormal.mask.voxels] = LabelValue.ABNORMAL
        return nifti_bytes(scan.to_native(values), scan.native)

    def _drop(self, key: str) -> Session:
        session = self._sessions.pop(key)
        session.path.unlink(missing_ok=True)
        return session

    @contextmanager
    def _received(self, content: BinaryIO, name: str) -> Iterator[Path]:
        """A file of its own for what a client sent, for the time of the block."""
        with TemporaryDirectory(dir=self._scratch.name) as folder:
            path = Path(folder) / f"received{_ending(name)}"
            _copy(content, path)
            yield path


def _copy(content: BinaryIO, path: Path) -> None:
    with path.open("wb") as kept:
        shutil.copyfileobj(content, kept)


def _ending(name: str) -> str:
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), None)
    if ending is None:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected=f"a file that ends in {', '.join(ENDINGS)}",
            found="another",
        )
    return ending


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
