"""From files to the CT series among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.ct_slice import CtSlice, slices_of
from eupnea.read.dicom_file import is_dicom, read_header
from eupnea.read.identity import Identity, refuse_mixed
from eupnea.read.image_file import is_image_name
from eupnea.read.ledger import Ledger
from eupnea.read.options import ReadOptions
from eupnea.read.series import Series, group_series
from eupnea.read.set_aside import is_blank, why_set_aside
from eupnea.read.source_file import SourceFile


def find_series(
    files: Iterable[SourceFile], *, ledger: Ledger, options: ReadOptions
) -> tuple[Series, ...]:
    """The axial CT series of all files; everything else goes to the ledger with its reason.

    Raises:
        Refusal: `PATIENT_MIXED` when the series are of more than one person.
    """
    slices = [one for file in files for one in _slices(file, ledger, options)]
    _refuse_mixed_patients(slices, options)
    axial: list[Series] = []
    for series in group_series(slices):
        if series.has_geometry and not series.plane.is_axial:
            ledger.set_aside(series, "sagittal or coronal reformat")
        else:
            axial.append(series)
    return tuple(axial)


def _slices(file: SourceFile, ledger: Ledger, options: ReadOptions) -> tuple[CtSlice, ...]:
    try:
        reason = _why_not_dicom(file)
        if reason is None:
            header = read_header(file, limits=options.limits)
            if is_blank(header):
                raise _damaged(file)
            reason = why_set_aside(header)
        if reason is None:
            return slices_of(file, header)
    except Refusal as refusal:
        ledger.file_refused(file, refusal)
    else:
        ledger.file_aside(file, reason)
    return ()


def _why_not_dicom(file: SourceFile) -> str | None:
    if file.path.exists() and not file.path.is_file():
        return "not a file of its own"
    if is_image_name(file.name):
        return "an image file in a folder; name it as a source of its own"
    return None if is_dicom(file) else "not DICOM"


def _damaged(file: SourceFile) -> Refusal:
    return Refusal(
        RefusalCode.SOURCE_UNREADABLE,
        expected="a DICOM object",
        found="neither its class nor an image",
        where=file.name,
    )


def _refuse_mixed_patients(slices: list[CtSlice], options: ReadOptions) -> None:
    by_series: dict[str, list[CtSlice]] = defaultdict(list)
    for one in slices:
        by_series[one.series_uid].append(one)
    for members in by_series.values():
        refuse_mixed(_stated(members), expected="one patient in a series", names=True)
    if not options.same_patient:
        refuse_mixed(_stated(slices), expected="CT of one patient")


def _stated(slices: list[CtSlice]) -> list[tuple[str, Identity]]:
    return [(one.name, one.identity) for one in slices]
