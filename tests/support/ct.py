"""Small CT series with known voxels, as DICOM datasets that a test can spoil before saving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileDataset
from pydicom.config import disable_value_validation
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SHAPE = (16, 12, 16)
SPACING_MM = (10.0, 20.0, 20.0)
INTERCEPT = -1024


def chest_hu(shape: tuple[int, int, int] = SHAPE) -> NDArray[np.int16]:
    """A box of soft tissue with two lungs of unlike size, in air (slices, rows, columns).

    No axis is symmetric, so that a flip of any of them shows.
    """
    z, y, x = np.meshgrid(*[np.linspace(0, 1, n) for n in shape], indexing="ij")
    hu = np.full(shape, -1000, np.int16)
    hu[(y > 0.1) & (y < 0.9) & (x > 0.05) & (x < 0.95)] = 40
    hu[(y > 0.25) & (y < 0.7) & (x > 0.15) & (x < 0.45) & (z > 0.1)] = -850
    hu[(y > 0.25) & (y < 0.8) & (x > 0.55) & (x < 0.85) & (z > 0.3)] = -820
    hu[(y > 0.3) & (y < 0.5) & (x > 0.6) & (x < 0.7) & (z > 0.6)] = 60
    return hu + (10 * z).astype(np.int16)


def uid(*words: object) -> str:
    """A UID that is the same for the same words."""
    return str(generate_uid(entropy_srcs=[str(word) for word in words]))


def ct_series(
    *,
    hu: NDArray[np.int16] | None = None,
    spacing_mm: tuple[float, float, float] = SPACING_MM,
    origin_mm: Sequence[float] = (-100.0, -120.0, -300.0),
    directions: Sequence[float] = (1, 0, 0, 0, 1, 0),
    step: Sequence[float] | None = None,
    study: str = "study",
    series: str = "series",
    **attributes: Any,
) -> list[FileDataset]:
    """One dataset per slice, complete and consistent.

    Args:
        hu: Voxels (slices, rows, columns); `chest_hu` if `None`.
        spacing_mm: Between slices, rows and columns.
        origin_mm: First pixel of the first slice.
        directions: Row and column cosines.
        step: From slice to slice, in mm; along the normal if `None`.
        study: Word that makes the study's UID.
        series: Word that makes the series' UID.
        attributes: Set on every slice, by keyword.
    """
    voxels = chest_hu() if hu is None else hu
    normal = np.cross(directions[:3], directions[3:])
    forward = normal * spacing_mm[0] if step is None else np.asarray(step)
    made = []
    for k, plane in enumerate(voxels):
        position = np.asarray(origin_mm) + k * forward
        slice_ = ct_slice(plane, position=position, directions=directions, spacing_mm=spacing_mm)
        slice_.StudyInstanceUID, slice_.SeriesInstanceUID = uid(study), uid(study, series)
        slice_.SOPInstanceUID = uid(study, series, k)
        slice_.file_meta.MediaStorageSOPInstanceUID = slice_.SOPInstanceUID
        slice_.InstanceNumber = k + 1
        put(slice_, **attributes)
        made.append(slice_)
    return made


def ct_slice(
    plane: NDArray[np.int16],
    *,
    position: NDArray[np.float64],
    directions: Sequence[float],
    spacing_mm: tuple[float, float, float],
) -> FileDataset:
    """One slice of a series, without the series' UIDs."""
    made = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    put(
        made,
        SOPClassUID=CTImageStorage,
        Modality="CT",
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        PatientID="case-7",
        PatientName="",
        PatientBirthDate="19500101",
        PatientSex="F",
        StudyDate="20200305",
        StudyTime="120000",
        AcquisitionDate="20200305",
        AcquisitionTime="121500",
        SeriesNumber=3,
        AcquisitionNumber=1,
        ConvolutionKernel="B30f",
        SliceThickness=spacing_mm[0],
        PatientPosition="HFS",
        ImagePositionPatient=[round(float(part), 6) for part in position],
        ImageOrientationPatient=[round(float(part), 9) for part in directions],
        PixelSpacing=[spacing_mm[1], spacing_mm[2]],
        FrameOfReferenceUID=uid("frame"),
    )
    set_pixels(made, plane)
    return made


def set_pixels(
    slice_: Dataset, hu: NDArray[Any], *, slope: float = 1, intercept: float = INTERCEPT
) -> None:
    """Stores Hounsfield units as unsigned values of 12 bits under a rescale."""
    stored = np.rint((hu.astype(float) - intercept) / slope).astype("<u2")
    put(
        slice_,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        Rows=stored.shape[-2],
        Columns=stored.shape[-1],
        BitsAllocated=16,
        BitsStored=12,
        HighBit=11,
        PixelRepresentation=0,
        RescaleIntercept=intercept,
        RescaleSlope=slope,
    )
    slice_.PixelData = stored.tobytes()
    slice_["PixelData"].VR = "OW"


def put(slice_: Dataset, **attributes: Any) -> None:
    """Sets attributes by keyword; `None` removes one."""
    with disable_value_validation():
        for keyword, value in attributes.items():
            if value is not None:
                setattr(slice_, keyword, value)
            elif keyword in slice_:
                delattr(slice_, keyword)


def save(slices: Iterable[Dataset], folder: Path) -> Path:
    """Writes slices as files named by their order; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    start = len(list(folder.iterdir()))
    for n, slice_ in enumerate(slices, start):
        with disable_value_validation():
            slice_.save_as(folder / f"IM{n:04d}.dcm", enforce_file_format=True)
    return folder
