"""Lungs to put histories into: real ones and phantoms, on coarse grids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.alignment.imaging import sample, smooth

from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.phantom import PatientPlan, ScanPlan, build, small_grid
from eupnea.phantom.plan import FIRST_SCAN
from eupnea.read import read_mask, read_timeline
from eupnea.segment import find_organ
from eupnea.volume import Volume

SPACING_MM = 3.0
REAL = (*(f"lctsc/case{n:03d}" for n in range(9)), *(f"covid-ct-md/normal00{n}" for n in (1, 2)))
PHANTOM_SEEDS = (101, 102, 103, 104)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lungs:
    """A scan without any region of ours, and its lungs."""

    name: str
    volume: Volume
    """Without most of its noise."""
    roi: Mask


def all_lungs(data: Path, cache: Path) -> tuple[str, ...]:
    """Names of the lungs that can be had; each is prepared once, and kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    names = [f"phantom-{seed}" for seed in PHANTOM_SEEDS]
    names += [name for name in REAL if (data / f"{name}_ct.nii.gz").is_file()]
    for name in names:
        path = _path(cache, name)
        if not path.is_file():
            volume, roi = _phantom(name) if name.startswith("phantom") else _real(data, name)
            _keep(path, volume, roi)
    return tuple(names)


def load(cache: Path, name: str) -> Lungs:
    """Lungs prepared by `all_lungs`."""
    with np.load(_path(cache, name)) as kept:
        grid = Geometry(shape=kept["hu"].shape, affine=kept["affine"])
        volume = Volume(voxels=kept["hu"].astype(np.float32), geometry=grid)
        return Lungs(name=name, volume=volume, roi=Mask(voxels=kept["roi"], geometry=grid))


def _phantom(name: str) -> tuple[Volume, Mask]:
    seed = int(name.split("-")[1])
    scan = ScanPlan(acquired_at=FIRST_SCAN, noise_hu=5.0)
    plan = PatientPlan(seed=seed, scans=(scan,), grid=small_grid(), detail=0.5)
    built = build(plan).scans[0]
    return built.scan.volume, built.truth.roi


def _real(data: Path, name: str) -> tuple[Volume, Mask]:
    path = data / f"{name}_ct.nii.gz"
    scan = next(iter(read_timeline([path], dates=["2020-01-01"]).timeline))
    drawn = path.with_name(path.name.replace("_ct", "_lung"))
    roi = read_mask(drawn, scan) if drawn.is_file() else find_organ("lung").find_roi(scan).mask
    return scan.volume, roi


def _keep(path: Path, volume: Volume, roi: Mask) -> None:
    """Cut to the lungs, smoothed, at the bench's resolution."""
    box = roi.box(margin_mm=25.0)
    volume, roi = volume.crop(box), roi.crop(box)
    grid = volume.geometry.with_spacing((SPACING_MM,) * 3)
    points = grid.to_mm(voxel_indices(grid.shape))
    hu = sample(smooth(volume, 0.4 * SPACING_MM), volume.geometry, points)
    inside = sample(roi.voxels.astype(np.float32), roi.geometry, points) >= 0.5
    np.savez_compressed(
        path,
        hu=np.rint(hu).astype(np.int16).reshape(grid.shape),
        roi=inside.reshape(grid.shape),
        affine=grid.affine,
    )


def _path(cache: Path, name: str) -> Path:
    return cache / f"{name.replace('/', '-')}.npz"
