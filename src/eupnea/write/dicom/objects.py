"""All DICOM objects of an analysis, as files."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.read.foreign import quietly
from eupnea.write.dicom.measurement import Segmented, measurement_report
from eupnea.write.dicom.segmentation import (
    SegmentationType,
    organ_segmentation,
    tissue_segmentation,
)
from eupnea.write.dicom.source import has_dicom
from eupnea.write.document import AnalysisDocument


def write_dicom(
    analysis: Analysis,
    document: AnalysisDocument,
    folder: Path,
    *,
    kind: SegmentationType = SegmentationType.BINARY,
) -> None:
    """Write the segmentations of each scan, and a report of each change.

    A scan that comes from no DICOM series has no objects, and neither have
    its changes; without any, no folder is made.

    Args:
        analysis: The scans and their masks.
        document: The rounded numbers, made from the same analysis.
        folder: Where to write; made when needed.
        kind: How tissue is stored.
    """
    with quietly():
        segmented = {
            found.index: _segment(analysis, found, folder, kind)
            for found in analysis.scans
            if has_dicom(found.scan)
        }
        for change in document.changes:
            if {change.before, change.after} <= segmented.keys():
                report = measurement_report(analysis, document, change, segmented)
                _save(report, folder / f"sr_{change.before:02d}_{change.after:02d}.dcm")


def _segment(
    analysis: Analysis, found: ScanAnalysis, folder: Path, kind: SegmentationType
) -> Segmented:
    organ = organ_segmentation(analysis, found)
    tissue = tissue_segmentation(analysis, found, kind=kind)
    _save(organ, folder / f"seg_{found.index:02d}_organ.dcm")
    _save(tissue, folder / f"seg_{found.index:02d}_tissue.dcm")
    return Segmented(organ=organ, tissue=tissue)


def _save(derived: Dataset, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    derived.save_as(path, enforce_file_format=True)
