"""Scans as if they had been read from DICOM."""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.scan import Provenance, Scan


def headers_of(scan: Scan, *, index: int = 0) -> tuple[Dataset, ...]:
    """Headers of CT slices on a scan's native grid, from foot to head."""
    slices = [_header(scan, number, index) for number in range(scan.native.shape[0])]
    upward = scan.native.affine[2, 0] > 0
    return tuple(slices if upward else slices[::-1])


def _header(scan: Scan, number: int, index: int) -> Dataset:
    grid = scan.native
    header = Dataset()
    header.PatientName, header.PatientID = "Doe^Jane", "canary-17"
    header.PatientBirthDate, header.PatientSex = "", ""
    header.StudyInstanceUID = f"1.2.3.{index}"
    header.SeriesInstanceUID = f"1.2.3.{index}.1"
    header.SOPInstanceUID = f"1.2.3.{index}.1.{number + 1}"
    header.FrameOfReferenceUID = f"1.2.3.{index}.9"
    header.SOPClassUID, header.Modality = CTImageStorage, "CT"
    header.StudyDate, header.StudyTime = f"{scan.acquired_at:%Y%m%d}", "103000"
    header.StudyID, header.AccessionNumber, header.ReferringPhysicianName = "", "", ""
    header.Rows, header.Columns = grid.shape[1:]
    header.PixelSpacing = [grid.spacing_mm[1], grid.spacing_mm[2]]
    header.SliceThickness = grid.spacing_mm[0]
    header.ImageOrientationPatient = [*grid.direction[:, 2], *grid.direction[:, 1]]
    header.ImagePositionPatient = list(grid.to_mm((number, 0, 0)))
    return header


def _with_headers(found: ScanAnalysis) -> ScanAnalysis:
    """A scan's analysis, with the headers of the DICOM series that it came from."""
    scan, index = found.scan, found.index
    provenance = Provenance(
        series_uid=f"1.2.3.{index}.1",
        study_uid=f"1.2.3.{index}",
        dicom=headers_of(scan, index=index),
    )
    return replace(found, scan=replace(scan, provenance=provenance))


def with_headers(analysis: Analysis) -> Analysis:
    """An analysis whose every scan comes from a DICOM series of its own study."""
    return replace(analysis, scans=tuple(map(_with_headers, analysis.scans)))
