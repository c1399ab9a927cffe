"""DICOM Segmentations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.errors import OutputError
from eupnea.geometry import Geometry
from eupnea.pipeline import analyze
from eupnea.write.dicom.identity import tracking_uid
from eupnea.write.dicom.segmentation import (
    SegmentationType,
    organ_segmentation,
    tissue_segmentation,
)
from support.ct import ct_series, save
from support.hand_made import tiny_analysis, tiny_grids
from support.sick import thin_is_normal


@pytest.mark.parametrize("name", tiny_grids())
def test_every_voxel_lies_where_it_lay(name: str) -> None:
    """In 8 in-plane orders and 4 patient positions, an L-shaped mask keeps its place."""
    analysis, points_mm = tiny_analysis(tiny_grids()[name])
    segmentation = organ_segmentation(analysis, analysis.scans[0])
    volume = hd.seg.Segmentation.from_dataset(segmentation).get_volume(combine_segments=True)
    found = volume.map_indices_to_reference(np.argwhere(volume.array))
    np.testing.assert_allclose(_sorted(found), _sorted(points_mm), atol=1e-3)


def _sorted(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[list[float]]:
    return sorted(np.round(points, 2).tolist())


def test_frames_name_their_source_slices(from_dicom: Analysis) -> None:
    """Each frame refers to the source slice at its own position."""
    found = from_dicom.scans[0]
    segmentation = organ_segmentation(from_dicom, found)
    heights = {
        header.SOPInstanceUID: float(header.ImagePositionPatient[2])
        for header in found.scan.provenance.dicom
    }
    for frame in segmentation.PerFrameFunctionalGroupsSequence:
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        position = frame.PlanePositionSequence[0].ImagePositionPatient
        assert heights[source.ReferencedSOPInstanceUID] == pytest.approx(float(position[2]))


def test_frames_name_slices_that_are_not_quite_even(tmp_path: Path) -> None:
    """A slice that deviates by 0.04 mm is named by its frame."""
    slices = ct_series()
    for k, one in enumerate(slices):
        one.ImagePositionPatient[2] += 0.04 * (-1) ** k
    analysis = analyze([save(slices, tmp_path)], organ=thin_is_normal())
    heights = {one.SOPInstanceUID: one.ImagePositionPatient[2] for one in slices}
    for frame in organ_segmentation(analysis, analysis.scans[0]).PerFrameFunctionalGroupsSequence:
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        position = frame.PlanePositionSequence[0].ImagePositionPatient
        assert abs(heights[source.ReferencedSOPInstanceUID] - position[2]) < 0.1


def test_segments_are_the_masks(from_dicom: Analysis) -> None:
    """Read back on the source's grid, each segment holds its region's very voxels."""
    found = from_dicom.scans[0]
    tissue = tissue_segmentation(from_dicom, found)
    read = hd.seg.Segmentation.from_dataset(tissue)
    native: Geometry = found.scan.native
    grid = hd.VolumeGeometry(native.affine, native.shape, "PATIENT")
    volume = read.get_volume().match_geometry(grid)
    expected = [found.normal.mask.voxels, *(found.labels == r.label for r in found.regions)]
    for number, mask in enumerate(expected):
        np.testing.assert_array_equal(volume.array[..., number], found.scan.to_native(mask))


def test_one_tracking_uid_through_all_studies(from_dicom: Analysis) -> None:
    """A region has the same tracking UID in each study; two regions never share one."""
    seen: dict[str, set[str]] = {}
    for found in from_dicom.scans:
        for segment in tissue_segmentation(from_dicom, found).SegmentSequence:
            seen.setdefault(segment.TrackingID, set()).add(segment.TrackingUID)
    assert {"normal", "R1", "R2"} <= seen.keys()
    assert all(len(uids) == 1 for uids in seen.values())
    assert len(set.union(*seen.values())) == len(seen)


def test_later_scans_keep_identities(from_dicom: Analysis) -> None:
    """An analysis of fewer scans gives the same regions the same tracking UIDs."""
    shorter = replace(from_dicom, scans=from_dicom.scans[:2], changes=from_dicom.changes[:1])
    whole, part = (
        [segment.TrackingUID for segment in tissue_segmentation(one, one.scans[1]).SegmentSequence]
        for one in (from_dicom, shorter)
    )
    assert whole == part


def test_an_older_scan_leaves_whole_masks_what_they_are(from_dicom: Analysis) -> None:
    """The organ and its normal part are the patient's: a late prior changes nothing."""
    whole = replace(from_dicom, scans=tuple(_of_patient(one, "7") for one in from_dicom.scans))
    later = replace(whole, scans=whole.scans[1:])
    other = replace(whole, scans=tuple(_of_patient(one, "8") for one in whole.scans))
    for name in ("roi", "normal", "abnormal"):
        assert tracking_uid(whole, name) == tracking_uid(later, name)
        assert tracking_uid(whole, name) != tracking_uid(other, name)


def _of_patient(found: ScanAnalysis, key: str) -> ScanAnalysis:
    provenance = replace(found.scan.provenance, patient_key=key)
    return replace(found, scan=replace(found.scan, provenance=provenance))


def test_a_new_name_is_no_new_identity(from_dicom: Analysis) -> None:
    """A region that another analysis calls otherwise keeps its tracking UID."""
    known = {"R1": "R7", "R2": "R1", "R3": "R2"}
    scans = tuple(
        replace(
            found,
            regions=tuple(replace(one, id=known.get(one.id, one.id)) for one in found.regions),
        )
        for found in from_dicom.scans
    )
    renamed = replace(from_dicom, scans=scans)
    for old, new in known.items():
        assert tracking_uid(from_dicom, old) == tracking_uid(renamed, new)


def test_a_first_scan_without_series_spoils_nothing(
    analysis: Analysis, from_dicom: Analysis
) -> None:
    """Of a NIfTI and two DICOM scans, the DICOM scans have their objects."""
    mixed = replace(from_dicom, scans=(analysis.scans[0], *from_dicom.scans[1:]))
    tissue = tissue_segmentation(mixed, mixed.scans[1])
    uids = [segment.TrackingUID for segment in tissue.SegmentSequence]
    assert len(set(uids)) == len(uids)


def test_labelmap(from_dicom: Analysis) -> None:
    """As a label map, the same voxels make one frame per slice."""
    found = from_dicom.scans[0]
    tissue = tissue_segmentation(from_dicom, found, kind=SegmentationType.LABELMAP)
    assert tissue.SegmentationType == "LABELMAP"
    assert tissue.NumberOfFrames <= found.scan.native.shape[0]
    binary = tissue_segmentation(from_dicom, found)
    assert tissue.SOPInstanceUID != binary.SOPInstanceUID


def test_a_healthy_scan_has_its_segments_too(from_dicom: Analysis) -> None:
    """Without an abnormal region, the tissue is one normal segment."""
    found = from_dicom.scans[0]
    healthy = replace(
        found,
        regions=(),
        labels=found.labels * 0,
        normal=replace(found.normal, mask=found.roi.mask),
    )
    assert len(tissue_segmentation(from_dicom, healthy).SegmentSequence) == 1


def test_needs_a_dicom_series(analysis: Analysis) -> None:
    """A scan that was read from NIfTI has no segmentation object."""
    with pytest.raises(OutputError, match="no DICOM series"):
        organ_segmentation(analysis, analysis.scans[0])
