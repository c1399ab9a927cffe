"""The readers under comparison, each as a function from a folder to a grid."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom import dcmread

from eupnea.read import read_timeline

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """What a reader gives: values, and the affine from array index to LPS mm."""

    hu: NDArray[Any]
    affine: NDArray[np.float64]


def _eupnea(folder: Path) -> Grid:
    (scan,) = read_timeline([folder]).timeline
    return Grid(hu=scan.hu, affine=scan.geometry.affine)


def _highdicom(folder: Path) -> Grid:
    image: Any = importlib.import_module("highdicom.image")
    paths = sorted(folder.iterdir())
    if len(paths) == 1:
        volume = image.imread(paths[0]).get_volume()
    else:
        volume = image.get_volume_from_series([dcmread(path) for path in paths])
    return Grid(hu=np.asarray(volume.array), affine=np.asarray(volume.affine))


def _simpleitk(folder: Path) -> Grid:
    reader = sitk.ImageSeriesReader()
    series = reader.GetGDCMSeriesIDs(str(folder))
    names = [reader.GetGDCMSeriesFileNames(str(folder), uid) for uid in series]
    longest = max(names, key=len)
    if len(longest) == 1:
        return _of_sitk(sitk.ReadImage(longest[0]))
    reader.SetFileNames(longest)
    return _of_sitk(reader.Execute())


def _dicom2nifti(folder: Path) -> Grid:
    package: Any = importlib.import_module("dicom2nifti")
    target = folder.parent / "dicom2nifti.nii"
    package.dicom_series_to_nifti(str(folder), str(target), reorient_nifti=False)
    return _of_nifti(target)


def _dcm2niix(folder: Path) -> Grid:
    """The first of its files; it may write an interpolated or a sheared one beside it."""
    importlib.import_module("dcm2niix")
    target = folder.parent / "dcm2niix"
    target.mkdir()
    command = [sys.executable, "-m", "dcm2niix", "-z", "n", "-o", str(target), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return _of_nifti(min(target.glob("*.nii"), key=lambda path: (len(path.name), path.name)))


def _of_sitk(image: sitk.Image) -> Grid:
    spacing = np.array(image.GetSpacing())
    affine = np.eye(4)
    affine[:3, :3] = (np.array(image.GetDirection()).reshape(3, 3) * spacing)[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return Grid(hu=sitk.GetArrayFromImage(image), affine=affine)


def _of_nifti(path: Path) -> Grid:
    image = nibabel.load(path)
    affine = (_RAS_TO_LPS @ image.affine)[:, [2, 1, 0, 3]]
    return Grid(hu=np.asarray(image.dataobj).transpose(2, 1, 0), affine=affine)


READERS: dict[str, Callable[[Path], Grid]] = {
    "Eupnea": _eupnea,
    "highdicom": _highdicom,
    "SimpleITK": _simpleitk,
    "dicom2nifti": _dicom2nifti,
    "dcm2niix": _dcm2niix,
}
