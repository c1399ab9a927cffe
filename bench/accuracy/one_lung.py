"""The region of interest where a close field of view shows one lung alone.

Scans not trained on are cut around each of their lungs, and judged as they are and with
consolidation, effusion and collapse over 30 to 40 % of the lung (semi-synthetic).
The diseased lung that experts left out is judged nowhere (`bench.accuracy.left_out`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from bench.accuracy.dense_roi import RADII_MM, SEED, each_lung, fill, mean_and_least
from bench.accuracy.drawn_lungs import held_out
from bench.accuracy.seen import look
from numpy.typing import NDArray

from eupnea.box import Box, box_of
from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.train.scores import dice

MARGIN_MM = 10.0
"""Between the lung and the edge of the picture, to the sides, to the front and to the back."""


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of what the picture shows of the lungs; share of the disease that is inside."""
    figures = {}
    for drawn in held_out(data):
        for side, lung in each_lung(drawn):
            view = _around(drawn.scan, lung)
            truth, unjudged = drawn.lungs[view], drawn.left_out[view]
            for course, shown, disease in _courses(drawn.scan, lung):
                title = f"{drawn.name} {side} alone, {course}"
                picture = folder / f"{title}.png"
                seen = look(organ, _cut(shown, view), picture, truth=disease[view])
                figures[f"{title}: roi dice"] = dice(seen.roi & ~unjudged, truth)
                if disease.any():
                    figures[f"{title}: inside"] = float(seen.roi[disease[view]].mean())
    for key in dict.fromkeys(title.partition(" alone, ")[2] for title in figures):
        figures |= mean_and_least(figures, key)
    return figures


def _courses(scan: Scan, lung: NDArray[np.bool_]) -> list[tuple[str, Scan, NDArray[np.bool_]]]:
    """The scan as it is, and with one lung filled: a name, the scan, the disease."""
    filled = [
        (family, *fill(scan, lung, family, np.random.default_rng([SEED, number])))
        for number, family in enumerate(RADII_MM)
    ]
    return [("as it is", scan, np.zeros_like(lung)), *filled]


def _around(scan: Scan, lung: NDArray[np.bool_]) -> Box:
    _, row_mm, column_mm = scan.geometry.spacing_mm
    return box_of(lung, (0, round(MARGIN_MM / row_mm), round(MARGIN_MM / column_mm)))


def _cut(scan: Scan, view: Box) -> Scan:
    volume = scan.volume.crop(view)
    return replace(scan, volume=volume, native=volume.geometry, padding=None)
