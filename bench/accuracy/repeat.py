"""Repeat scan: the same lung with new noise, another kernel, thick slices; semi-synthetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from bench.accuracy.seen import see
from scipy import ndimage

from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.train.cases import read_scan
from eupnea.volume import Volume

SCANS = {"P001": "covid-ct-md/P001", "normal002": "covid-ct-md/normal002_ct.nii.gz"}
NOISE_HU = 25.0


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Change of the abnormal share, in points of a hundred."""
    del folder
    figures = {}
    for name, path in SCANS.items():
        scan = read_scan(data / path)
        first = see(organ, scan).share
        for change, again in (
            ("noise", _noisy(scan)),
            ("sharp kernel", _sharp(scan)),
            ("thick slices", _thick(scan)),
        ):
            figures[f"{name} {change}, points"] = 100.0 * (see(organ, again).share - first)
    return figures


def _noisy(scan: Scan) -> Scan:
    noise = np.random.default_rng(3).standard_normal(scan.hu.shape).astype(np.float32)
    noise = ndimage.gaussian_filter(noise, (0.0, 0.7, 0.7))
    return _with_hu(scan, scan.hu + NOISE_HU * noise / noise.std())


def _sharp(scan: Scan) -> Scan:
    hu = scan.hu.astype(np.float32)
    return _with_hu(scan, hu + (hu - ndimage.gaussian_filter(hu, (0.0, 1.0, 1.0))))


def _thick(scan: Scan) -> Scan:
    """Slices averaged in pairs or threes to some 5 mm."""
    count = max(2, round(5.0 / scan.geometry.spacing_mm[0]))
    slices = scan.hu.shape[0] // count
    k, j, i = scan.geometry.spacing_mm
    hu = scan.hu[: slices * count].reshape(slices, count, *scan.hu.shape[1:]).mean(axis=1)
    box = (slice(0, slices * count), slice(None), slice(None))
    grid = scan.geometry.crop(box).with_spacing((k * count, j, i))
    volume = Volume(voxels=np.rint(hu).astype(np.int16), geometry=grid)
    return replace(scan, volume=volume, native=grid, padding=None)


def _with_hu(scan: Scan, hu: np.ndarray) -> Scan:
    voxels = np.clip(np.rint(hu), -1024, 3071).astype(np.int16)
    return replace(scan, volume=Volume(voxels=voxels, geometry=scan.geometry))
