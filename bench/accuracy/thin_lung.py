"""The region of interest of lungs as thin as in emphysema, semi-synthetic.

Scans not trained on, their lungs brought to the density of severe emphysema with patches that
are thinner still: what anatomy knows of airways and gas must not take such lung away.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from bench.accuracy.drawn_lungs import held_out
from bench.accuracy.seen import look
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.train.scores import dice
from eupnea.volume import Volume

MEDIAN_HU = -940.0
"""Of lung with severe emphysema."""

AERATED_HU = -700
"""Denser voxels are vessels and walls, which stay."""

PATCH_HU, PATCH_MM = 40.0, 3.0
"""Standard deviation of the patches, and of the kernel that makes them."""

THINNEST_HU = -1015.0

SEED = 12


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of the lungs, ml of them that are lost, and the share that is called abnormal."""
    figures = {}
    for drawn in held_out(data):
        name, lungs = drawn.name, drawn.lungs
        seen = look(organ, thinned(drawn.scan, lungs), folder / f"{name}.png")
        figures[f"{name} roi dice"] = dice(seen.roi & ~drawn.left_out, lungs)
        lost = np.count_nonzero(lungs & ~seen.roi)
        figures[f"{name} lost, ml"] = float(lost * drawn.scan.geometry.voxel_volume_ml)
        figures[f"{name} abnormal share"] = seen.share
    return figures


def thinned(scan: Scan, lungs: NDArray[np.bool_]) -> Scan:
    """The scan with the aerated inside of its lungs as thin as in emphysema."""
    sigma = [PATCH_MM / step for step in scan.geometry.spacing_mm]
    noise = np.random.default_rng(SEED).standard_normal(scan.hu.shape, np.float32)
    patches = ndimage.gaussian_filter(noise, sigma)
    inside = ndimage.binary_erosion(lungs, iterations=2) & (scan.hu < AERATED_HU)
    hu = scan.hu.astype(np.float32)
    thinner = hu[inside] + MEDIAN_HU - np.median(hu[inside])
    hu[inside] = np.maximum(thinner + PATCH_HU * patches[inside] / patches.std(), THINNEST_HU)
    return replace(scan, volume=Volume(voxels=hu.astype(np.int16), geometry=scan.geometry))
