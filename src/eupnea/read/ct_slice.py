"""One CT slice: a header whose attributes have been parsed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from eupnea.read.attributes import integer, number, numbers, text, texts
from eupnea.read.foreign import refusing
from eupnea.read.frames import flat_frames, is_multiframe
from eupnea.read.identity import Identity
from eupnea.read.source_file import SourceFile

AXIAL_COSINE = 0.7
"""Smallest cosine between a slice's normal and the body's long axis: about 45 degrees."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plane:
    """Where a slice lies (PS3.3 C.7.6.2): LPS, mm."""

    position_mm: NDArray[np.float64]
    """Centre of the first pixel."""
    along_row: NDArray[np.float64]
    """Unit vector of increasing column index."""
    along_column: NDArray[np.float64]
    """Unit vector of increasing row index."""
    row_spacing_mm: float
    column_spacing_mm: float

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector across the slice, right-handed."""
        return np.cross(self.along_row, self.along_column)

    @property
    def is_axial(self) -> bool:
        """Whether the slice lies across the body."""
        return bool(abs(self.normal[2]) >= AXIAL_COSINE)


@dataclass(frozen=True, kw_only=True)
class Rescale:
    """From stored values to output units (PS3.3 C.11.1)."""

    slope: float
    intercept: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CtSlice:
    """A slice, its file, and what its header says; `None` where the header is silent."""

    file: SourceFile
    frame: int | None
    """Index in a multi-frame file."""
    header: Dataset = field(repr=False)
    """The file's whole header."""
    attributes: Dataset = field(repr=False)
    """The header of this slice alone; another than `header` for a frame."""
    shape: tuple[int, int]
    plane: Plane | None
    rescale: Rescale | None
    identity: Identity
    sop_uid: str
    series_uid: str
    study_uid: str
    acquisition_uid: str | None
    acquisition_number: int | None
    kernel: str | None
    thickness_mm: float | None
    image_type: tuple[str, ...]
    between: tuple[CtSlice, CtSlice] | None = field(default=None, repr=False)
    """Set for a slice that is missing: the neighbours that it is interpolated from."""

    @property
    def name(self) -> str:
        """The file's name, and the frame's number in it."""
        return self.file.name if self.frame is None else f"{self.file.name}[{self.frame}]"

    @property
    def is_original(self) -> bool:
        """Whether the pixels stem from the scanner and not from other images."""
        return not {"DERIVED", "SECONDARY"} & set(self.image_type[:2])


def slices_of(file: SourceFile, header: Dataset) -> tuple[CtSlice, ...]:
    """The slices of a CT file: one, or one per frame.

    Raises:
        Refusal: `SOURCE_UNREADABLE` when the header cannot be parsed.
    """
    with refusing(file.name, expected="a CT header"):
        if not is_multiframe(header):
            return (_parse(file, header, header, frame=None),)
        return tuple(
            _parse(file, header, attributes, frame=n)
            for n, attributes in enumerate(flat_frames(header))
        )


def _parse(file: SourceFile, header: Dataset, attributes: Dataset, *, frame: int | None) -> CtSlice:
    return CtSlice(
        file=file,
        frame=frame,
        header=header,
        attributes=attributes,
        shape=(integer(attributes, "Rows") or 0, integer(attributes, "Columns") or 0),
        plane=_plane(attributes),
        rescale=_rescale(attributes),
        identity=Identity.of(attributes),
        sop_uid=text(attributes, "SOPInstanceUID") or "",
        series_uid=text(attributes, "SeriesInstanceUID") or "",
        study_uid=text(attributes, "StudyInstanceUID") or "",
        acquisition_uid=text(attributes, "AcquisitionUID")
        or text(attributes, "IrradiationEventUID"),
        acquisition_number=integer(attributes, "AcquisitionNumber"),
        kernel=text(attributes, "ConvolutionKernel"),
        thickness_mm=number(attributes, "SliceThickness"),
        image_type=tuple(kind.upper() for kind in texts(attributes, "ImageType")),
    )


def _plane(attributes: Dataset) -> Plane | None:
    position = numbers(attributes, "ImagePositionPatient") or ()
    cosines = numbers(attributes, "ImageOrientationPatient") or ()
    spacing = numbers(attributes, "PixelSpacing") or ()
    if (len(position), len(cosines), len(spacing)) != (3, 6, 2) or min(spacing) <= 0:
        return None
    along_row, along_column = np.array(cosines[:3]), np.array(cosines[3:])
    lengths = np.linalg.norm(along_row), np.linalg.norm(along_column)
    if not np.allclose([*lengths, along_row @ along_column + 1], 1, atol=1e-2):
        return None
    return Plane(
        position_mm=np.array(position),
        along_row=along_row / lengths[0],
        along_column=along_column / lengths[1],
        row_spacing_mm=spacing[0],
        column_spacing_mm=spacing[1],
    )


def _rescale(attributes: Dataset) -> Rescale | None:
    slope, intercept = number(attributes, "RescaleSlope"), number(attributes, "RescaleIntercept")
    if slope is None or intercept is None:
        return None
    return Rescale(slope=slope, intercept=intercept)
