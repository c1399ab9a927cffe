"""The region of interest against experts' lungs, and how much of those lungs is called abnormal.

Each figure is given as the experts drew the lungs, and without the diseased
lung that they left out (`bench.accuracy.left_out`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench.accuracy.drawn_lungs import ASIDE, DrawnLungs, held_out, pair
from bench.accuracy.seen import Seen, look

from eupnea.organ import Organ
from eupnea.train.cases import dense_places
from eupnea.train.scores import dice


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of the lungs; abnormal share outside dense places, which may be tumours."""
    figures: dict[str, float] = {}
    for drawn in held_out(data):
        figures |= _judge(drawn, look(organ, drawn.scan, folder / f"{drawn.name}.png"))
    for drawn in pair(data):
        seen = look(organ, drawn.scan, folder / f"{drawn.name}.png")
        figures[f"{drawn.name} roi dice"] = dice(seen.roi, drawn.lungs)
    return figures


def _judge(drawn: DrawnLungs, seen: Seen) -> dict[str, float]:
    geometry = drawn.scan.geometry
    dense = dense_places(drawn.scan.hu, drawn.lungs, geometry.spacing_mm)
    disease = drawn.left_out
    figures = {}
    for judged, told in ((seen.roi, ""), (seen.roi & ~disease, ASIDE)):
        figures[f"{drawn.name} roi dice{told}"] = dice(judged, drawn.lungs)
        known = judged & ~dense
        figures[f"{drawn.name} abnormal share, dense places aside{told}"] = float(
            np.count_nonzero(seen.abnormal & known) / np.count_nonzero(known)
        )
    figures[f"{drawn.name} left out by the experts, of that inside, ml"] = float(
        np.count_nonzero(seen.roi & disease) * geometry.voxel_volume_ml
    )
    return figures
