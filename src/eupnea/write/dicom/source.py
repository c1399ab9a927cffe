"""The headers that a DICOM object is derived from."""

from __future__ import annotations

from copy import copy

from pydicom.dataset import Dataset

from eupnea.analysis import ScanAnalysis
from eupnea.scan import Scan
from eupnea.write.dicom.identity import uid

EMPTY_WHEN_ABSENT = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PositionReferenceIndicator",
)
"""Type 2: an object must have them, and may leave them empty (PS3.3 C.7)."""

DEIDENTIFICATION = (
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
)
"""Statements of the patient module and of the SOP common module (PS3.3 C.7.1.1, C.12.1)."""


def has_dicom(scan: Scan) -> bool:
    """Whether DICOM objects can be derived from a scan."""
    headers = scan.provenance.dicom
    needed = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    return bool(headers) and all(keyword in one for one in headers for keyword in needed)


def source_headers(found: ScanAnalysis) -> list[Dataset]:
    """Headers of the source slices, with everything that a derived object must copy.

    What the source lacks is empty, or for the frame of reference made from the
    series; the headers of the scan stay as they are.
    """
    return [_completed(header) for header in found.scan.provenance.dicom]


def _completed(header: Dataset) -> Dataset:
    whole = copy(header)
    for keyword in EMPTY_WHEN_ABSENT:
        if keyword not in whole:
            setattr(whole, keyword, "")
    if not whole.get("FrameOfReferenceUID"):
        whole.FrameOfReferenceUID = uid("frame of reference", whole.SeriesInstanceUID)
    return whole


def settle(derived: Dataset, found: ScanAnalysis) -> None:
    """Let an object depend on its content alone: the same input gives the same bytes.

    It is dated as its scan, and what highdicom draws by chance or reads from
    the clock is replaced or left out. What the source says of its
    de-identification holds for the object too.
    """
    for keyword in DEIDENTIFICATION:
        if keyword in found.scan.provenance.dicom[0]:
            derived[keyword] = found.scan.provenance.dicom[0][keyword]
    moment = found.scan.acquired_at
    derived.ContentDate, derived.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    for keyword in ("InstanceCreationDate", "InstanceCreationTime", "SeriesDate", "SeriesTime"):
        derived.pop(keyword, None)
    for equipment in derived.get("ContributingEquipmentSequence", ()):
        equipment.pop("ContributionDateTime", None)
    dimensions = uid("dimensions", derived.SOPInstanceUID)
    for keyword in ("DimensionOrganizationSequence", "DimensionIndexSequence"):
        for item in derived.get(keyword, ()):
            item.DimensionOrganizationUID = dimensions
