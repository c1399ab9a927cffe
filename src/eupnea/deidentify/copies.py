"""Copies of CT slices without the patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID

from eupnea.deidentify.header import deidentified
from eupnea.deidentify.key import Key
from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.progress import Progress, Step, unwatched
from eupnea.read.attributes import integer, text
from eupnea.read.dicom_file import is_dicom, read_header, read_whole
from eupnea.read.foreign import quietly
from eupnea.read.options import Limits
from eupnea.read.set_aside import why_set_aside
from eupnea.read.source_file import SourceFile
from eupnea.read.sources import open_sources

IMPLEMENTATION_UID = UID("2.25.243088127430143842637205213405346733084")


def copy_files(
    paths: Sequence[Path], folder: Path, key: Key, *, progress: Progress = unwatched
) -> Counter[str]:
    """Write a copy of each CT slice, with its pixels as they are; leave out everything else.

    With the same key, the objects that `eupnea analyze --deidentify` writes
    refer to these very copies. An image that says that text is burned into it
    is left out.

    Args:
        paths: DICOM folders, zips or files, of any number of patients.
        folder: Gets one folder per patient (by pseudonym), study and series.
        key: Where new names come from.
        progress: Called at the beginning.

    Returns:
        How many files were `copied`, and how many left out by reason.

    Raises:
        Refusal: `NO_CT` when nothing could be copied.
        OutputError: The folder cannot be written.
    """
    account: Counter[str] = Counter()
    with quietly(), open_sources(paths, limits=Limits(), hide_names=True) as sources:
        files = [file for source in sources for file in source.files]
        progress(Step(name=f"copying {len(files)} files", done=0, total=1))
        for file in files:
            account[_copy(file, folder, key)] += 1
    if not account["copied"]:
        raise Refusal(RefusalCode.NO_CT, expected="CT slices to copy", found="none")
    return account


def _copy(file: SourceFile, folder: Path, key: Key) -> str:
    """What became of a file: `copied`, or why it was left out."""
    try:
        reason = _why_left_out(file)
        if reason is not None:
            return reason
        whole = read_whole(file)
        made = deidentified(whole, key, patient=text(whole, "PatientID") or "")
    except Refusal as refusal:
        return refusal.code.value
    _save(made, whole.file_meta.TransferSyntaxUID, folder)
    return "copied"


def _why_left_out(file: SourceFile) -> str | None:
    if not file.path.is_file() or not is_dicom(file):
        return "not DICOM"
    header = read_header(file, limits=Limits())
    if text(header, "BurnedInAnnotation") == "YES":
        return "text in its pixels"
    return why_set_aside(header)


def _save(made: Dataset, syntax: UID, folder: Path) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    made.file_meta = meta
    place = folder / (made.PatientID or "no-number") / f"{made.get('StudyDate') or 'no-date'}"
    series = f"{integer(made, 'SeriesNumber') or 0:04d}_{made.SeriesInstanceUID[-8:]}"
    path = place / series / f"{made.SOPInstanceUID.removeprefix('2.25.')}.dcm"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".partial")
        made.save_as(aside, enforce_file_format=True)
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write in {folder}: {error.strerror or error}") from error
