"""Synthetic patients as NIfTI files."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.phantom.patient import Patient
from eupnea.phantom.record import write_record

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
SCANNER_CODE = 1
FASTEST = 1


def write_nifti(patient: Patient, folder: Path) -> None:
    """Write each scan as a file such as `00_2024-03-05.nii.gz`.

    The folder is made if missing. The same patient gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for index, scan in enumerate(patient.scans):
        volume = scan.scan.volume
        _write(folder / f"{patient.scan_name(index)}.nii.gz", volume.voxels, volume.geometry)


def write_truth(patient: Patient, folder: Path) -> None:
    """Write `truth.json` and, for each scan, a folder with the masks that are true of it.

    The masks lie on their scan's grid: `roi`, `normal` and `abnormal` are 0 or
    1; `regions` holds each region's label.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_record(patient, folder / "truth.json")
    for index, scan in enumerate(patient.scans):
        masks = folder / patient.scan_name(index)
        masks.mkdir(exist_ok=True)
        truth = scan.truth
        for name in ("roi", "normal", "abnormal"):
            mask = getattr(truth, name)
            _write(masks / f"{name}.nii.gz", mask.voxels.view(np.uint8), mask.geometry)
        _write(masks / "regions.nii.gz", truth.labels, truth.roi.geometry)


def _write(
    path: Path, voxels: NDArray[np.int16] | NDArray[np.uint8] | NDArray[np.uint16], grid: Geometry
) -> None:
    image = nib.Nifti1Image(voxels.transpose(2, 1, 0), affine=None, dtype=voxels.dtype)
    image.header.set_xyzt_units("mm")
    image.set_qform(LPS_TO_RAS @ grid.affine[:, [2, 1, 0, 3]] + 0.0, code=SCANNER_CODE)
    image.set_sform(image.get_qform(), code=SCANNER_CODE)
    path.write_bytes(gzip.compress(image.to_bytes(), compresslevel=FASTEST, mtime=0))
