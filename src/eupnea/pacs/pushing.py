"""From result folders to an archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydicom import Dataset, dcmread

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.pacs.archive import Archive
from eupnea.progress import Progress, Step, unwatched
from eupnea.read.attributes import text
from eupnea.read.foreign import quietly, refusing

OBJECTS = "dicom"
"""Where a result folder holds its DICOM objects."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What became of the objects."""

    stored: int
    known: int
    """Objects that the archive held before."""


def push(archive: Archive, results: Iterable[Path], *, progress: Progress = unwatched) -> Pushed:
    """Store the DICOM objects of results; what the archive holds already is not sent again.

    An object's identifier follows from its content, so a second push of the
    same result, or of one that was made again from the same scans, adds nothing.

    Args:
        archive: Where to.
        results: Folders that `eupnea analyze` wrote, or single DICOM files.
        progress: Called before each object.

    Raises:
        Refusal: `NO_CT` without any object, `SOURCE_UNREADABLE` for a file
            that is no DICOM.
        OutputError: The archive did not take an object; those before it are stored.
    """
    paths = [path for result in results for path in _objects(result)]
    if not paths:
        raise Refusal(
            RefusalCode.NO_CT,
            expected="a result with DICOM objects (its sources were DICOM)",
            found="none",
        )
    stored = 0
    for done, path in enumerate(paths):
        progress(Step(name=f"storing {path.name}", done=done, total=len(paths)))
        stored += _store(archive, path)
    return Pushed(stored=stored, known=len(paths) - stored)


def _objects(result: Path) -> list[Path]:
    if result.is_file():
        return [result]
    folder = result / OBJECTS
    return sorted(folder.glob("*.dcm"))


def _store(archive: Archive, path: Path) -> bool:
    """Whether an object had to be stored."""
    one = _read(path)
    try:
        if archive.has(one.StudyInstanceUID, one.SOPInstanceUID):
            return False
        if archive.store(one):
            return True
    except Refusal as refusal:
        raise OutputError(f"cannot store {path.name}: {refusal}") from None
    raise OutputError(f"cannot store {path.name}: {archive.server} did not take it")


def _read(path: Path) -> Dataset:
    with quietly(), refusing(path.name, expected="a DICOM file"):
        one = dcmread(path)
        if not (text(one, "StudyInstanceUID") and text(one, "SOPInstanceUID")):
            raise ValueError(path.name)
        return one
