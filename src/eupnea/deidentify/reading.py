"""A reading without the patient: what follows from it cannot tell what it does not know."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from eupnea.deidentify.descriptor import clean, clean_kernel
from eupnea.deidentify.header import deidentified
from eupnea.deidentify.key import Key
from eupnea.note import Note, Severity
from eupnea.read import Reading
from eupnea.read.acquired_at import UNKNOWN
from eupnea.read.attributes import text
from eupnea.read.foreign import quietly
from eupnea.scan import Acquisition, Provenance, Scan
from eupnea.timeline import Timeline

DEIDENTIFIED = Note(
    code="DEIDENTIFIED",
    text="Dates are shifted by one number of days for all scans of the patient; intervals hold.",
    severity=Severity.INFO,
)


def deidentify(reading: Reading, key: Key) -> Reading:
    """The same scans with new identifiers, shifted dates, and headers after the profile.

    Names of files are not touched: read with `ReadOptions(hide_names=True)`.
    """
    with quietly():
        patient = _patient(reading.timeline)
        scans = tuple(_scan(scan, key, patient) for scan in reading.timeline)
    return replace(reading, timeline=Timeline(scans=scans))


def _patient(timeline: Timeline) -> str:
    """The old patient number; where no header states one, a digest of the first scan stands in."""
    headers = (header for scan in timeline for header in scan.provenance.dicom)
    stated = next((found for header in headers if (found := text(header, "PatientID"))), None)
    return stated or hashlib.sha256(timeline.scans[0].hu.tobytes()).hexdigest()


def _scan(scan: Scan, key: Key, patient: str) -> Scan:
    return replace(
        scan,
        acquired_at=_shifted(scan.acquired_at, key, patient),
        acquisition=_acquisition(scan.acquisition),
        provenance=_provenance(scan.provenance, key, patient),
        notes=(*scan.notes, DEIDENTIFIED),
    )


def _shifted(at: datetime, key: Key, patient: str) -> datetime:
    return at if at.replace(tzinfo=None) == UNKNOWN else at - key.shift(patient)


def _acquisition(acquisition: Acquisition) -> Acquisition:
    kernel = acquisition.kernel
    return replace(
        acquisition,
        manufacturer=clean(acquisition.manufacturer or "") or None,
        model=clean(acquisition.model or "") or None,
        kernel=(clean_kernel(kernel) or None) if kernel else None,
        patient_position=clean(acquisition.patient_position or "") or None,
    )


def _provenance(provenance: Provenance, key: Key, patient: str) -> Provenance:
    series, study = provenance.series_uid, provenance.study_uid
    return replace(
        provenance,
        patient_key=key.pseudonym(patient) if provenance.patient_key else None,
        series_uid=key.uid(series) if series else None,
        study_uid=key.uid(study) if study else None,
        dicom=tuple(deidentified(header, key, patient=patient) for header in provenance.dicom),
    )
