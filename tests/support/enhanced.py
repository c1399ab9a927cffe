"""A multi-frame (enhanced) CT made of single slices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom import Dataset, FileDataset
from pydicom.uid import EnhancedCTImageStorage

from support.ct import put

_PER_FRAME = {
    "PlanePositionSequence": ("ImagePositionPatient",),
    "FrameContentSequence": (),
}
_SHARED = {
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness"),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    "CTReconstructionSequence": ("ConvolutionKernel",),
}
_NESTED = {
    keyword for group in (_PER_FRAME, _SHARED) for names in group.values() for keyword in names
}


def enhanced(slices: Sequence[FileDataset], order: Sequence[int]) -> FileDataset:
    """One file that holds the slices as frames, in any order."""
    whole = slices[0]
    per_frame = [_groups(slices[n], _PER_FRAME) for n in order]
    for item, n in zip(per_frame, order, strict=True):
        one = slices[n]
        stamp = f"{one.AcquisitionDate}{one.AcquisitionTime}"
        item.FrameContentSequence[0].FrameAcquisitionDateTime = stamp
    shared = _groups(whole, _SHARED)
    frame_type = Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    shared.CTImageFrameTypeSequence = [frame_type]
    pixels = np.concatenate([np.frombuffer(slices[n].PixelData, "<u2") for n in order])
    put(whole, **dict.fromkeys((*_NESTED, "AcquisitionDate", "AcquisitionTime", "InstanceNumber")))
    put(
        whole,
        SOPClassUID=EnhancedCTImageStorage,
        NumberOfFrames=len(order),
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=per_frame,
    )
    whole.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    whole.PixelData = pixels.tobytes()
    return whole


def _groups(source: Dataset, groups: dict[str, tuple[str, ...]]) -> Dataset:
    made = Dataset()
    for name, keywords in groups.items():
        item = Dataset()
        put(item, **{keyword: source[keyword].value for keyword in keywords})
        put(made, **{name: [item]})
    return made
