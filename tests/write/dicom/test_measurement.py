"""DICOM Structured Reports of change."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import pytest
from pydicom import dcmread

from eupnea.analysis import Analysis
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument


@pytest.fixture(scope="module")
def folder(from_dicom: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All DICOM objects of the patient."""
    out = tmp_path_factory.mktemp("dicom")
    write_dicom(from_dicom, AnalysisDocument.of(from_dicom), out)
    return out


@pytest.fixture(scope="module")
def report(folder: Path) -> hd.sr.Comprehensive3DSR:
    """The report of the first change, read back."""
    return hd.sr.srread(folder / "sr_00_01.dcm")


def _groups(
    report: hd.sr.Comprehensive3DSR, name: str
) -> list[hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations]:
    groups = report.content.get_volumetric_roi_measurement_groups()
    return [group for group in groups if group.tracking_identifier == name]


def _value(
    group: hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations, meaning: str
) -> float | None:
    values = [item.value for item in group.get_measurements() if item.name.meaning == meaning]
    return values[0] if values else None


def test_numbers_are_those_of_the_document(
    from_dicom: Analysis, report: hd.sr.Comprehensive3DSR
) -> None:
    """Every region's volume, at both time points, is the very number of `analysis.json`."""
    document = AnalysisDocument.of(from_dicom)
    for index in (0, 1):
        for region in document.scans[index].regions:
            volumes = [_value(group, "Volume") for group in _groups(report, region.id)]
            assert region.volume_ml in volumes


def test_change_stands_with_the_later_scan(
    from_dicom: Analysis, report: hd.sr.Comprehensive3DSR
) -> None:
    """The later group of a grown region carries its event, and how much it grew."""
    change = AnalysisDocument.of(from_dicom).changes[0]
    event = next(event for event in change.events if event.after == ("R1",))
    earlier, later = _groups(report, "R1")
    assert _value(earlier, "Relative volume change since the earlier scan") is None
    relative = _value(later, "Relative volume change since the earlier scan")
    assert relative == event.change_percent
    evaluations = later.get_qualitative_evaluations()
    assert [item.value.meaning for item in evaluations] == ["Grown"]


def test_a_resolved_region_is_told_by_the_earlier_scan(report: hd.sr.Comprehensive3DSR) -> None:
    """A region that is gone has one group, and its event there."""
    (group,) = _groups(report, "R3")
    assert [item.value.meaning for item in group.get_qualitative_evaluations()] == ["Resolved"]


def test_references_the_segments_of_both_studies(
    folder: Path, report: hd.sr.Comprehensive3DSR
) -> None:
    """A region's group points at the segment of the same tracking UID in its own study."""
    uids = set()
    for group, index in zip(_groups(report, "R1"), (0, 1), strict=True):
        segmentation = dcmread(folder / f"seg_{index:02d}_tissue.dcm")
        reference = group.referenced_segment[0].ReferencedSOPSequence[0]
        assert reference.ReferencedSOPInstanceUID == segmentation.SOPInstanceUID
        segment = segmentation.SegmentSequence[reference.ReferencedSegmentNumber - 1]
        assert segment.TrackingUID == group.tracking_uid
        uids.add(segment.TrackingUID)
    assert len(uids) == 1


def test_belongs_to_the_later_study(folder: Path, report: hd.sr.Comprehensive3DSR) -> None:
    """The report is filed with the later study, and its evidence names both."""
    assert report.StudyInstanceUID == "1.2.3.1"
    own, others = (
        {item.StudyInstanceUID for item in report[keyword]}
        for keyword in (
            "CurrentRequestedProcedureEvidenceSequence",
            "PertinentOtherEvidenceSequence",
        )
    )
    assert (own, others) == ({"1.2.3.1"}, {"1.2.3.0"})
    assert (folder / "sr_00_02.dcm").exists()


def test_without_dicom_no_folder(analysis: Analysis, tmp_path: Path) -> None:
    """Scans from NIfTI leave no DICOM object and no folder."""
    write_dicom(analysis, AnalysisDocument.of(analysis), tmp_path / "dicom")
    assert not (tmp_path / "dicom").exists()


def test_same_analysis_same_bytes(from_dicom: Analysis, folder: Path, tmp_path: Path) -> None:
    """Objects carry no time of writing and no random identifier."""
    write_dicom(from_dicom, AnalysisDocument.of(from_dicom), tmp_path)
    for path in sorted(folder.iterdir()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
