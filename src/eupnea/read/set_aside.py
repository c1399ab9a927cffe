"""Which DICOM objects are not slices of a CT volume, and why."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    MediaStorageDirectoryStorage,
)

from eupnea.read.attributes import number, text, texts

CT_CLASSES = {
    CTImageStorage,
    EnhancedCTImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
}
_PROJECTIONS = {
    "MIP",
    "MINIP",
    "MNIP",
    "MAX_IP",
    "MIN_IP",
    "MAXIMUM",
    "MINIMUM",
    "PROJECTION IMAGE",
}
_MAPS = {"PERFUSION", "SUBTRACTION", "ADDITION", "MULTIPLICATION", "DIVISION", "STD_DEVIATION"}
_SCREENS = {"SCREEN SAVE", "DOSE_INFO"}


def why_set_aside(header: Dataset) -> str | None:
    """The reason why an object is no slice of a CT volume; `None` when it may be one.

    Examples:
        >>> scout = Dataset()
        >>> scout.Modality, scout.Rows, scout.ImageType = "CT", 512, ["ORIGINAL", "LOCALIZER"]
        >>> why_set_aside(scout)
        'localizer'
    """
    return _not_an_image(header) or _not_ct(header) or _not_a_slice(header)


def is_blank(header: Dataset) -> bool:
    """Whether an object says neither what it is nor that it is an image: its header is damaged."""
    return (
        text(header, "SOPClassUID") is None and "Rows" not in header and not _is_directory(header)
    )


def _not_an_image(header: Dataset) -> str | None:
    sop_class = text(header, "SOPClassUID")
    if _is_directory(header):
        return "DICOM directory"
    if sop_class in CT_CLASSES or "Rows" in header:
        return None
    return f"no image: {_class_name(header)}"


def _not_ct(header: Dataset) -> str | None:
    sop_class, modality = text(header, "SOPClassUID"), text(header, "Modality")
    if sop_class is not None and sop_class not in CT_CLASSES:
        return f"not a CT image: {_class_name(header)}"
    if modality not in {"CT", None} or (modality is None and sop_class is None):
        return "not a CT image: another modality"
    return None


def _not_a_slice(header: Dataset) -> str | None:
    kinds = {kind.upper() for kind in texts(header, "ImageType")}
    if "LOCALIZER" in kinds:
        return "localizer"
    if kinds & (_PROJECTIONS | _MAPS | _SCREENS):
        return "derived summary, not a slice"
    if number(header, "SamplesPerPixel") not in {1, None}:
        return "colour picture"
    if text(header, "RescaleType") not in {None, "HU", "US"}:
        return "its values are not Hounsfield units (RescaleType)"
    return None


def _is_directory(header: Dataset) -> bool:
    meta = getattr(header, "file_meta", None) or Dataset()
    stated = text(meta, "MediaStorageSOPClassUID")
    return stated == MediaStorageDirectoryStorage or "DirectoryRecordSequence" in header


def _class_name(header: Dataset) -> str:
    """The standard's name of the object's class; private classes have none."""
    found = header.get("SOPClassUID")
    name = getattr(found, "name", "")
    return name if name and name != found else "unknown class"
