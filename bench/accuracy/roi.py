"""The region of interest against experts' lungs, and how much of those lungs is called abnormal.

Each figure is given as the experts drew the lungs, and without the diseased
lung that they left out (`bench.accuracy.left_out`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench.accuracy.left_out import left_out
from bench.accuracy.seen import look

from eupnea.organ import Organ
from eupnea.read import read_mask
from eupnea.train.cases import dense_places
from eupnea.train.scores import dice

ASIDE = ", left-out disease aside"
HELD_OUT = ("case002", "case005", "case006")
PAIR = ("baseline", "followup")


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of the lungs; abnormal share outside dense places, which may be tumours."""
    figures = {}
    for name in HELD_OUT:
        seen = look(organ, data / f"lctsc/{name}_ct.nii.gz", folder / f"{name}.png")
        lung = read_mask(data / f"lctsc/{name}_lung.nii.gz", seen.scan).voxels.copy()
        dense = dense_places(seen.scan.hu, lung, seen.scan.geometry.spacing_mm)
        disease = left_out(name, lung)
        for judged, told in ((seen.roi, ""), (seen.roi & ~disease, ASIDE)):
            figures[f"{name} roi dice{told}"] = dice(judged, lung)
            known = judged & ~dense
            figures[f"{name} abnormal share, dense places aside{told}"] = float(
                np.count_nonzero(seen.abnormal & known) / np.count_nonzero(known)
            )
        figures[f"{name} left out by the experts, of that inside, ml"] = float(
            np.count_nonzero(seen.roi & disease) * seen.scan.geometry.voxel_volume_ml
        )
    for name in PAIR:
        stem = data / f"elastix-pair/3DCT_lung_{name}"
        seen = look(organ, stem.with_suffix(".mha"), folder / f"{name}.png")
        lung = read_mask(f"{stem}_mask.mha", seen.scan).voxels
        figures[f"elastix-pair {name} roi dice"] = dice(seen.roi, lung)
    return figures
