"""Identifiers that are the same for the same thing, whenever and wherever it is written."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.errors import OutputError
from eupnea.version import __version__

NAMESPACE = UUID("b6f0c1de-5a51-5d8e-9a0f-3f1f0c6b7c1a")
"""Eupnea's own, so that no other program derives the same identifiers."""


def uid(*parts: str) -> str:
    """A DICOM UID under 2.25, made from a name (PS3.5 B.2).

    Examples:
        >>> uid("a", "b") == uid("a", "b"), uid("a", "b") == uid("ab")
        (True, False)
    """
    return f"2.25.{uuid5(NAMESPACE, '/'.join(map(_quoted, parts))).int}"


def tracking_uid(analysis: Analysis, name: str) -> str:
    """One identity of a region, or of a whole mask, in all studies of a patient.

    A whole mask's hangs on the patient, the organ and its name, so that no scan
    that is added, before or after, changes it; where headers name no patient,
    on the first series. A region's hangs on where it is seen first: that
    scan's series and its place there. A later scan that is added keeps it,
    even where regions get other names.

    Raises:
        OutputError: No scan comes from a DICOM series.
    """
    stated = [one for one in analysis.scans if one.scan.provenance.series_uid]
    origin = stated[0] if stated else analysis.scans[0]
    for found in analysis.scans:
        for region in found.regions:
            if region.id == name:
                seen = found if found in stated else origin
                return uid("track", series_uid(seen), *map(_tenths, region.centroid_mm))
    keys = (one.scan.provenance.patient_key for one in stated)
    patient = next((key for key in keys if key), None) or series_uid(origin)
    return uid("track", patient, analysis.organ, name)


def _tenths(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"


def series_uid(found: ScanAnalysis) -> str:
    """The series that a scan was read from.

    Raises:
        OutputError: The scan comes from no DICOM series.
    """
    series = found.scan.provenance.series_uid
    if series is None:
        raise OutputError(f"scan {found.index} comes from no DICOM series")
    return series


def content_uid(kind: str, found: ScanAnalysis, voxels: NDArray[np.generic], *words: str) -> str:
    """An identifier of an object that changes when its content does.

    Args:
        kind: What the object is.
        found: The scan that it belongs to.
        voxels: Its voxels.
        words: What else it says, such as the names and tracking UIDs of its segments.
    """
    digest = hashlib.sha256(np.ascontiguousarray(voxels).data).hexdigest()
    return uid(kind, series_uid(found), __version__, digest, *words)


def _quoted(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")
