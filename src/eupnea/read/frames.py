"""One flat header per frame of an enhanced (multi-frame) CT."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom import Dataset

_GROUPS = (
    "PixelMeasuresSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "PixelValueTransformationSequence",
    "CTReconstructionSequence",
    "CTImageFrameTypeSequence",
    "CTXRayDetailsSequence",
    "IrradiationEventIdentificationSequence",
    "FrameContentSequence",
)
_RENAMED = {
    "FrameType": "ImageType",
    "FrameAcquisitionDateTime": "AcquisitionDateTime",
    "FrameAcquisitionNumber": "AcquisitionNumber",
}


def is_multiframe(header: Dataset) -> bool:
    """Whether geometry and rescale are given per frame (PS3.3 C.7.6.16)."""
    return "PerFrameFunctionalGroupsSequence" in header


def flat_frames(header: Dataset) -> Iterator[Dataset]:
    """For each frame the attributes of a single-frame CT, wherever they were nested.

    What belongs to the frame wins over what the frames share, and that over
    the top level.
    """
    shared = header.get("SharedFunctionalGroupsSequence") or [Dataset()]
    top = Dataset()
    top.update({element.tag: element for element in header if element.VR != "SQ"})
    for own in header.PerFrameFunctionalGroupsSequence:
        frame = Dataset()
        frame.update(top)
        for groups in (shared[0], own):
            _lift(groups, into=frame)
        yield frame


def _lift(groups: Dataset, *, into: Dataset) -> None:
    for name in _GROUPS:
        for item in (groups.get(name) or [])[:1]:
            for element in item:
                if element.VR != "SQ":
                    keyword = _RENAMED.get(element.keyword, element.keyword)
                    setattr(into, keyword, element.value)
