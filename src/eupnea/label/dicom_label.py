"""A label that was drawn as a DICOM Segmentation, as OHIF and many archives' viewers keep it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.read.dicom_file import read_header, read_whole
from eupnea.read.foreign import quietly, refusing
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile
from eupnea.volume import Volume

ENDING = ".dcm"
EXPECTED = "a DICOM Segmentation"

HALF = 0.5
"""From this share on, a voxel of a fractional segment belongs to it."""


def read_frames(path: Path, step_mm: float) -> tuple[list[Volume], dict[int, str]]:
    """The drawn planes, each with segment numbers as voxels, and each segment's name.

    Args:
        path: A file of PS3.3 A.51 (Segmentation), of any segmentation type.
        step_mm: Distance of the planes that it was drawn on: a frame has none.

    Raises:
        Refusal: `LABEL_INVALID` when it is another object, or whatever is
            wrong with the file.
    """
    file = SourceFile(name=path.name, path=path)
    if read_header(file, limits=Limits()).get("Modality") != "SEG":
        raise Refusal(
            RefusalCode.LABEL_INVALID, expected=EXPECTED, found="another object", where=path.name
        )
    with quietly(), refusing(path.name, expected=EXPECTED):
        drawn = read_whole(file)
        names = {
            int(segment.SegmentNumber): str(segment.SegmentLabel)
            for segment in drawn.SegmentSequence
        }
        return list(_planes(drawn, step_mm)), names


def _planes(drawn: Dataset, step_mm: float) -> Iterator[Volume]:
    pixels = drawn.pixel_array.reshape(-1, drawn.Rows, drawn.Columns)
    shared = drawn.SharedFunctionalGroupsSequence[0]
    for frame, own in zip(pixels, drawn.PerFrameFunctionalGroupsSequence, strict=True):
        numbers = _numbers(drawn, frame, own)
        if numbers.any():
            geometry = _geometry(shared, own, frame.shape, step_mm)
            yield Volume(voxels=numbers[None], geometry=geometry)


def _numbers(drawn: Dataset, frame: NDArray[np.generic], own: Dataset) -> NDArray[np.uint16]:
    """The segment number of each pixel."""
    if drawn.SegmentationType == "LABELMAP":
        return frame.astype(np.uint16)
    whole = drawn.MaximumFractionalValue if drawn.SegmentationType == "FRACTIONAL" else 1
    number = own.SegmentIdentificationSequence[0].ReferencedSegmentNumber
    return np.where(frame.astype(float) >= HALF * whole, number, 0).astype(np.uint16)


def _geometry(shared: Dataset, own: Dataset, shape: tuple[int, ...], step_mm: float) -> Geometry:
    """Of one plane (PS3.3 C.7.6.2.1.1)."""

    def macro(name: str) -> Any:
        return (own if name in own else shared)[name][0]

    along, down = np.reshape(
        np.asarray(macro("PlaneOrientationSequence").ImageOrientationPatient, float), (2, 3)
    )
    row_mm, column_mm = (float(part) for part in macro("PixelMeasuresSequence").PixelSpacing)
    affine = np.eye(4)
    affine[:3, 0] = np.cross(along, down) * step_mm
    affine[:3, 1] = down * row_mm
    affine[:3, 2] = along * column_mm
    affine[:3, 3] = np.asarray(macro("PlanePositionSequence").ImagePositionPatient, float)
    return Geometry(shape=(1, shape[0], shape[1]), affine=affine)
