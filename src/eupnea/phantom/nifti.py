"""Synthetic patients as NIfTI files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from eupnea.geometry import Geometry
from eupnea.nifti_file import Voxels, nifti_bytes
from eupnea.phantom.patient import Patient
from eupnea.phantom.record import write_record


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


def _write(path: Path, voxels: Voxels, grid: Geometry) -> None:
    path.write_bytes(nifti_bytes(voxels, grid))
