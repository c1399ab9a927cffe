"""Synthetic patients as DICOM series, as a scanner would send them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from eupnea.geometry import Geometry
from eupnea.phantom.patient import Patient
from eupnea.phantom.plan import ScanPlan
from eupnea.volume import Volume

INTERCEPT_HU = -1024
HIGHEST_STORED = 4095
THICK_MM = 5.0
LOCALIZER_MM = 1.5
AXIAL = (1, 0, 0, 0, 1, 0)
FRONTAL = (1, 0, 0, 0, 0, -1)


@dataclass(frozen=True, kw_only=True)
class _Series:
    """What all images of one series have in common."""

    patient: Patient
    study: int
    number: int
    description: str
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY", "AXIAL")
    thickness_mm: float
    spacing_mm: tuple[float, float]
    """Of rows and columns."""
    orientation: tuple[int, ...] = AXIAL

    def uid(self, *names: object) -> str:
        """An identifier that is always the same for the same plan and names."""
        plan = self.patient.plan
        patient = (plan.seed, plan.grid.shape, plan.scans, plan.lesions)
        return generate_uid(entropy_srcs=["eupnea phantom", str(patient), *map(str, names)])

    @property
    def plan(self) -> ScanPlan:
        """The scan that the series belongs to."""
        return self.patient.plan.scans[self.study]


def write_dicom(patient: Patient, folder: Path, *, extra_series: bool = False) -> None:
    """Write every scan as a CT series of its own study: `study_00/series_2/0001.dcm`.

    The folder is made if missing. The same patient gives the same bytes.

    Args:
        patient: What to write.
        folder: Where.
        extra_series: Adds to each study what a scanner also sends: a localizer
            and a second, thicker reconstruction of the same scan.
    """
    for index, scan in enumerate(patient.scans):
        study = folder / f"study_{index:02d}"
        volume = scan.scan.volume
        _write_axial(volume, _axial(patient, index, 2, "Thorax thin", volume), study)
        if extra_series:
            thick = _thicker(volume)
            _write_axial(thick, _axial(patient, index, 3, "Thorax thick", thick), study)
            _write_localizer(patient, index, study)


def _axial(patient: Patient, study: int, number: int, description: str, volume: Volume) -> _Series:
    thickness, row, column = volume.geometry.spacing_mm
    return _Series(
        patient=patient,
        study=study,
        number=number,
        description=description,
        thickness_mm=thickness,
        spacing_mm=(row, column),
    )


def _write_axial(volume: Volume, series: _Series, folder: Path) -> None:
    grid = volume.geometry
    for k, hu in enumerate(volume.voxels):
        _write_image(hu, grid.to_mm((k, 0, 0)), k + 1, series, folder)


def _thicker(volume: Volume) -> Volume:
    """Slices of some 5 mm, each the mean of the thin ones in it."""
    grid = volume.geometry
    count = max(2, round(THICK_MM / grid.spacing_mm[0]))
    whole = grid.shape[0] // count * count
    grouped = volume.voxels[:whole].reshape(-1, count, *grid.shape[1:])
    thin, row, column = grid.spacing_mm
    x, y, z = grid.to_mm(((count - 1) / 2, 0, 0))
    thick = Geometry.regular(
        shape=(len(grouped), *grid.shape[1:]),
        spacing_mm=(thin * count, row, column),
        origin_mm=(float(x), float(y), float(z)),
    )
    return Volume(voxels=np.rint(grouped.mean(axis=1)).astype(np.int16), geometry=thick)


def _write_localizer(patient: Patient, study: int, folder: Path) -> None:
    """A frontal projection of the scan."""
    volume = patient.scans[study].scan.volume
    grid = volume.geometry
    frontal = volume.voxels[::-1].mean(axis=1)
    series = _Series(
        patient=patient,
        study=study,
        number=1,
        description="Topogram",
        image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"),
        thickness_mm=grid.shape[1] * grid.spacing_mm[1],
        spacing_mm=(grid.spacing_mm[0], grid.spacing_mm[2]),
        orientation=FRONTAL,
    )
    corner = grid.to_mm((grid.shape[0] - 1, grid.shape[1] / 2, 0))
    _write_image(np.rint(frontal).astype(np.int16), corner, 1, series, folder)


def _write_image(
    hu: NDArray[np.int16],
    corner_mm: NDArray[np.float64],
    number: int,
    series: _Series,
    folder: Path,
) -> None:
    image = Dataset()
    _describe_patient_and_study(image, series)
    _describe_series(image, series)
    _describe_image(image, series, corner_mm, number)
    _add_pixels(image, hu)
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    path = folder / f"series_{series.number}" / f"{number:04d}.dcm"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save_as(path, enforce_file_format=True)


def _describe_patient_and_study(image: Dataset, series: _Series) -> None:
    taken = series.plan.acquired_at
    image.PatientName = f"Phantom^Seed{series.patient.plan.seed}"
    image.PatientID = f"PHANTOM-{series.patient.plan.seed}"
    image.PatientBirthDate = ""
    image.PatientSex = "O"
    image.PatientPosition = "HFS"
    image.StudyInstanceUID = series.uid(series.study)
    image.StudyID = str(series.study + 1)
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = f"{taken:%Y%m%d}"
    image.ContentDate = image.StudyDate
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = f"{taken:%H%M%S}"
    image.ContentTime = image.StudyTime
    image.StudyDescription = "CT chest (synthetic)"
    image.AccessionNumber = ""
    image.ReferringPhysicianName = ""


def _describe_series(image: Dataset, series: _Series) -> None:
    image.Modality = "CT"
    image.Manufacturer = "Eupnea"
    image.ManufacturerModelName = "Phantom"
    image.SeriesInstanceUID = series.uid(series.study, series.number)
    image.SeriesNumber = series.number
    image.SeriesDescription = series.description
    image.BodyPartExamined = "CHEST"
    image.FrameOfReferenceUID = series.uid(series.study, "frame")
    image.PositionReferenceIndicator = ""
    image.ProtocolName = "Chest synthetic"


def _describe_image(
    image: Dataset, series: _Series, corner_mm: NDArray[np.float64], number: int
) -> None:
    image.SOPClassUID = CTImageStorage
    image.SOPInstanceUID = series.uid(series.study, series.number, number)
    image.ImageType = list(series.image_type)
    image.AcquisitionNumber = 1
    image.InstanceNumber = number
    image.ImagePositionPatient = [f"{value:.6g}" for value in corner_mm]
    image.ImageOrientationPatient = list(series.orientation)
    image.PixelSpacing = [f"{value:.6g}" for value in series.spacing_mm]
    image.SliceThickness = f"{series.thickness_mm:.6g}"
    image.SliceLocation = f"{corner_mm[2]:.6g}"
    image.KVP = "120"
    image.ConvolutionKernel = series.plan.kernel.value


def _add_pixels(image: Dataset, hu: NDArray[np.int16]) -> None:
    stored = np.clip(hu - INTERCEPT_HU, 0, HIGHEST_STORED).astype("<u2")
    image.Rows, image.Columns = stored.shape
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
    image.PixelRepresentation = 0
    image.RescaleIntercept, image.RescaleSlope = INTERCEPT_HU, 1
    image.PixelData = stored.tobytes()
