"""From an archive to a folder of DICOM files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydicom import Dataset

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.pacs.archive import Archive
from eupnea.pacs.entry import Entry, Study, short
from eupnea.progress import Progress, Step, unwatched
from eupnea.read.attributes import text


def pull(
    archive: Archive,
    studies: Sequence[Study],
    folder: Path,
    *,
    progress: Progress = unwatched,
) -> int:
    """Fetch the CT series of studies, as the archive stored them.

    A slice that lies in the folder already is not fetched again, so a call
    that was interrupted is taken up where it ended. Names of files and folders
    tell of dates and numbers, never of the patient.

    Args:
        archive: Where they are.
        studies: All of one patient.
        folder: One folder per study is made in it, and one per series in that.
        progress: Called at the beginning of each series.

    Returns:
        The number of slices that were fetched now.

    Raises:
        Refusal: `SERVER_...` when the archive fails; what was fetched stays.
        OutputError: The folder cannot be written.
    """
    series = [entry for study in studies for entry in archive.series(study)]
    fetched = 0
    for done, entry in enumerate(series):
        step = f"fetching study {entry.study.at.date()}, series {entry.number or '?'}"
        progress(Step(name=step, done=done, total=len(series)))
        fetched += _pull_series(archive, entry, folder / entry.study.name / entry.name)
    return fetched


def _pull_series(archive: Archive, entry: Entry, folder: Path) -> int:
    wanted = {uid: folder / f"{short(uid)}.dcm" for uid in archive.instances(entry)}
    missing = [uid for uid, path in wanted.items() if not path.exists()]
    for one in _fetch(archive, entry, missing, whole=len(missing) == len(wanted)):
        uid = _check(one, entry, archive.server)
        _save(one, wanted.get(uid, folder / f"{short(uid)}.dcm"))
    lost = sum(not wanted[uid].exists() for uid in missing)
    if lost:
        raise Refusal(
            RefusalCode.SERVER_FAILED,
            expected=f"{len(wanted)} instances of a series",
            found=f"{lost} less",
            where=archive.server,
        )
    return len(missing)


def _fetch(archive: Archive, entry: Entry, missing: list[str], *, whole: bool) -> Iterator[Dataset]:
    if whole and missing:
        yield from archive.fetch_series(entry)
        return
    for uid in missing:
        yield archive.fetch(entry, uid)


def _check(one: Dataset, entry: Entry, server: str) -> str:
    """The instance's identifier, if it belongs to the series and to the patient."""
    expected = {
        "StudyInstanceUID": entry.study.uid,
        "SeriesInstanceUID": entry.uid,
        "PatientID": entry.study.patient_id,
    }
    wrong = [keyword for keyword in expected if (text(one, keyword) or "") != expected[keyword]]
    uid = text(one, "SOPInstanceUID")
    if wrong or uid is None:
        raise Refusal(
            RefusalCode.SERVER_FAILED,
            expected="instances of the series that was asked for",
            found=f"one of another {wrong[0]}" if wrong else "one without identifier",
            where=server,
        )
    return uid


def _save(one: Dataset, path: Path) -> None:
    """Write aside, then rename: a file that is there is whole."""
    aside = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as opened:
            one.save_as(opened, enforce_file_format=True)
            opened.flush()
            os.fsync(opened.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise OutputError(f"cannot write in {path.parent}: {error.strerror or error}") from error
