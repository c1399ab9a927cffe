"""What a person can do about each refusal."""

from __future__ import annotations

from collections.abc import Mapping

from eupnea.errors import RefusalCode

REMEDIES: Mapping[RefusalCode, str] = {
    RefusalCode.SOURCE_MISSING: "Check the path.",
    RefusalCode.SOURCE_UNREADABLE: "Fetch the file again: it is damaged or no image.",
    RefusalCode.SOURCE_TOO_LARGE: "Give fewer or smaller files, such as one study at a time.",
    RefusalCode.SOURCE_UNSAFE: "Pack plain files anew, or convert to a single-file image.",
    RefusalCode.NO_CT: "Name a DICOM folder, a DICOM zip, or one NIfTI file for each scan.",
    RefusalCode.NOT_HU: "Export the original CT with its rescale attributes, in Hounsfield units.",
    RefusalCode.NO_GEOMETRY: "Export the series again, with all its attributes.",
    RefusalCode.BAD_AFFINE: "Convert the image again from its source; of two orientations, "
    "say which with --nifti-affine.",
    RefusalCode.BAD_SHAPE: "Give one three-dimensional volume per file.",
    RefusalCode.NIFTI_TRUNCATED: "Copy or convert the file again.",
    RefusalCode.SLICES_MISSING: "Fetch the missing slices from the archive.",
    RefusalCode.SLICES_UNEVEN: "Choose a series with even spacing.",
    RefusalCode.SLICES_TOO_FEW: "Export the whole series.",
    RefusalCode.SPACING_TOO_COARSE: "Choose a series with thinner slices.",
    RefusalCode.DUPLICATE_POSITION: "Export one reconstruction or phase alone.",
    RefusalCode.SERIES_MIXED: "Choose a series that is of one kind throughout.",
    RefusalCode.PATIENT_MIXED: "Separate the patients, and have the archive corrected; "
    "--same-patient if you know better.",
    RefusalCode.TIME_MISSING: "Say when with --dates.",
    RefusalCode.TIME_INVALID: "Say when with --dates, such as 2020-03-05.",
    RefusalCode.TIME_EQUAL: "Leave one of the two out, or say when with --dates.",
    RefusalCode.GEOMETRY_MISMATCH: "Draw or save the mask on the scan's own grid.",
}
"""For each code that reading can give."""


def remedy(code: RefusalCode) -> str:
    """One sentence for a person; empty for codes of later steps."""
    return REMEDIES.get(code, "")
