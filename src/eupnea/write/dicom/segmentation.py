"""DICOM Segmentations: the organ, and its tissue as normal part and abnormal regions."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import highdicom as hd
import numpy as np
from highdicom.content import AlgorithmIdentificationSequence
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.version import __version__
from eupnea.write.dicom.codes import code, has_code
from eupnea.write.dicom.derivation import name_sources
from eupnea.write.dicom.identity import content_uid, tracking_uid, uid
from eupnea.write.dicom.source import settle, source_headers
from eupnea.write.segments import Segment, organ_segment, tissue_numbers, tissue_segments

MANUFACTURER = "Eupnea"
SERIES_NUMBER = 9000
"""High, so that results sort after the images of a study."""


class SegmentationType(StrEnum):
    """How tissue is stored."""

    BINARY = "BINARY"
    LABELMAP = "LABELMAP"
    """Smaller; fewer programs read it (SOP class of 2024)."""


def organ_segmentation(analysis: Analysis, found: ScanAnalysis) -> Segmentation:
    """The region of interest as one segment.

    It overlaps the tissue, and so is an object of its own.

    Raises:
        OutputError: The scan comes from no DICOM series.
    """
    segments = [_description(analysis, organ_segment(analysis))]
    voxels = found.roi.mask.voxels.view(np.uint8)
    return _segmentation(found, "organ", voxels, segments, SegmentationType.BINARY)


def tissue_segmentation(
    analysis: Analysis,
    found: ScanAnalysis,
    *,
    kind: SegmentationType = SegmentationType.BINARY,
) -> Segmentation:
    """The normal region and each abnormal region, as tracked segments that share no voxel.

    A region has one tracking UID in all studies of the patient.

    Raises:
        OutputError: The scan comes from no DICOM series.
    """
    segments = [_description(analysis, segment) for segment in tissue_segments(analysis, found)]
    return _segmentation(found, "tissue", tissue_numbers(found), segments, kind)


def _description(analysis: Analysis, segment: Segment) -> SegmentDescription:
    method = segment.method
    family = method.name if has_code("algorithm", method.name) else "trained"
    return SegmentDescription(
        segment_number=segment.number,
        segment_label=segment.name,
        segmented_property_category=code("category", segment.category),
        segmented_property_type=code(*segment.meaning),
        algorithm_type="AUTOMATIC",
        algorithm_identification=AlgorithmIdentificationSequence(
            name=method.name, family=code("algorithm", family), version=method.version
        ),
        tracking_uid=tracking_uid(analysis, segment.name),
        tracking_id=segment.name,
        anatomic_regions=[code("organ", analysis.organ)],
        display_color=hd.color.CIELabColor.from_rgb(*segment.colour),
    )


def _segmentation(
    found: ScanAnalysis,
    name: str,
    voxels: NDArray[np.unsignedinteger],
    segments: Sequence[SegmentDescription],
    kind: SegmentationType,
) -> Segmentation:
    headers = source_headers(found)
    words = [f"{one.tracking_id} {one.tracking_uid}" for one in segments]
    instance = content_uid(f"segmentation of {name} as {kind}", found, voxels, *words)
    derived = Segmentation(
        source_images=headers,
        pixel_array=hd.Volume(
            array=found.scan.to_native(voxels),
            affine=found.scan.native.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=headers[0].FrameOfReferenceUID,
        ),
        segmentation_type=kind.value,
        segment_descriptions=segments,
        series_instance_uid=uid("series", instance),
        series_number=SERIES_NUMBER + (name == "tissue"),
        sop_instance_uid=instance,
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name="eupnea",
        software_versions=__version__,
        device_serial_number="0",
        content_label=f"EUPNEA_{name.upper()}",
        content_description=f"Eupnea: {name}",
        series_description=f"Eupnea: {name}",
    )
    name_sources(derived, headers)
    settle(derived, found)
    return derived
