"""A toy patient over time: three scans of the toy chest, with regions that come, grow and go."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray

from support.ct import ct_series, save
from support.toy_chest import TOY_GRID, ToyChest

Ball = tuple[tuple[float, float, float], float]
"""Centre and radius in mm, LPS."""

DATES = ("2020-03-05", "2020-06-11", "2020-09-01")
BALLS: tuple[tuple[Ball, ...], ...] = (
    (((-70, 10, -30), 14), ((60, 5, 30), 16)),
    (((-70, 10, -30), 24), ((60, 5, 30), 16)),
    (((-70, 10, -30), 24), ((70, -10, -40), 15)),
)
ABNORMAL_HU = -450
NOISE_HU = 12


def toy_hu(number: int) -> NDArray[np.int16]:
    """One of the three scans (slices, rows, columns), foot to head."""
    chest = ToyChest()
    noise = np.random.default_rng(number)
    chest.hu += noise.normal(0, NOISE_HU, TOY_GRID.shape)
    lumps = np.random.default_rng(99).normal(0, 1, TOY_GRID.shape)
    lungs = chest.right | chest.left
    chest.hu[lungs & (lumps > 2.2)] += 300
    for centre, radius in BALLS[number]:
        inside = chest.ball(centre, (radius, radius, radius)) & lungs
        chest.hu[inside] = ABNORMAL_HU + noise.normal(0, NOISE_HU, int(inside.sum()))
    return np.asarray(np.rint(chest.hu), np.int16)


def save_toy_dicom(folder: Path) -> Path:
    """One study per scan, each in a folder of its own."""
    for number, date in enumerate(DATES):
        stamp = date.replace("-", "")
        slices = ct_series(
            hu=toy_hu(number),
            spacing_mm=TOY_GRID.spacing_mm,
            origin_mm=TOY_GRID.affine[:3, 3].tolist(),
            study=f"study {number}",
            StudyDate=stamp,
            AcquisitionDate=stamp,
        )
        save(slices, folder / f"study_{number}")
    return folder


def save_toy_nifti(folder: Path, number: int) -> Path:
    """One scan as NIfTI, its date in the name."""
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine = to_ras @ TOY_GRID.affine[:, [2, 1, 0, 3]]
    path = folder / f"scan_{DATES[number]}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(toy_hu(number).transpose(2, 1, 0), affine), path)
    return path
