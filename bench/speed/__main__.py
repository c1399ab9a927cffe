"""How long one scan takes: region of interest and normal, 512 x 512 x 296 voxels at 1 mm.

    python -m bench.speed [--scan SCAN] [--threads 2] [--times 3]

The scan is resampled in memory from a synthetic patient, or from a scan of your
own. Prints wall and processor seconds of each method, and of the network alone:
on a loaded machine, trust the ratios.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from eupnea.geometry import Geometry
from eupnea.organ import Organ
from eupnea.phantom import make_patient
from eupnea.scan import Scan
from eupnea.segment import find_organ
from eupnea.segment.model import load
from eupnea.segment.model_organ import organ_of
from eupnea.train.cases import read_scan
from eupnea.volume import Volume

SIDE, SLICES, SLICE_MM = 512, 296, 1.0
NOISE_HU = 8.0


def main() -> None:
    """Times each method on one scan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scan", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    source = (
        read_scan(chosen.scan) if chosen.scan else make_patient(seed=7, small=True).scans[0].scan
    )
    scan = resampled(source)
    model = load(threads=chosen.threads)
    baseline = find_organ(normal="density-baseline")
    tasks: dict[str, Callable[[Scan], object]] = {
        "network alone": model.predict,
        model.card.name: lambda scan: measure(organ_of(model), scan),
        "density-baseline": lambda scan: measure(baseline, scan),
    }
    print(f"{scan.hu.shape} voxels of {np.round(scan.geometry.spacing_mm, 2)} mm", flush=True)
    for name, task in tasks.items():
        for _ in range(chosen.times):
            wall, processor = time.perf_counter(), time.process_time()
            task(replace(scan))
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"{name:18s} {wall:6.1f} s {processor:6.1f} CPU s {most:5.1f} GB", flush=True)


def measure(organ: Organ, scan: Scan) -> None:
    """Finds the region of interest and its normal part."""
    organ.find_normal(scan, organ.find_roi(scan).mask)


def resampled(scan: Scan) -> Scan:
    """The scan around its middle, on the bench's grid, with the noise of thin slices."""
    slice_mm, row_mm, column_mm = scan.geometry.spacing_mm
    sides = np.array(scan.geometry.shape) * scan.geometry.spacing_mm
    pixel = float(max(sides[1:]) / SIDE)
    image = sitk.GetImageFromArray(scan.hu)
    image.SetSpacing((column_mm, row_mm, slice_mm))
    wanted = np.array([SLICES * SLICE_MM, SIDE * pixel, SIDE * pixel])
    filter_ = sitk.ResampleImageFilter()
    filter_.SetSize((SIDE, SIDE, SLICES))
    filter_.SetOutputSpacing((pixel, pixel, SLICE_MM))
    filter_.SetOutputOrigin([float(gap) for gap in reversed((sides - wanted) / 2)])
    filter_.SetDefaultPixelValue(-1024)
    hu = sitk.GetArrayFromImage(filter_.Execute(image))
    noise = np.random.default_rng(0).standard_normal(hu.shape, dtype=np.float32)
    grid = Geometry.regular(shape=(SLICES, SIDE, SIDE), spacing_mm=(SLICE_MM, pixel, pixel))
    voxels = np.rint(hu + NOISE_HU * noise).astype(np.int16)
    return replace(scan, volume=Volume(voxels=voxels, geometry=grid), native=grid, padding=None)


if __name__ == "__main__":
    main()
