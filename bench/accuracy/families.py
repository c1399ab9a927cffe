"""Synthetic disease of each family in lungs not trained on; semi-synthetic.

Which families a model never saw stands in its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bench.accuracy.listed import ENTRIES

from eupnea.organ import Organ
from eupnea.train.cases import load_case
from eupnea.train.disease import FAMILIES, Family
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.evaluate import HEALTHY, evaluate

LUNG = ENTRIES["case002"]


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of the abnormal region, and of the lungs, for each family that models are taught."""
    return _measure(organ, data, folder, tuple(FAMILIES.values()))


def measure_untaught(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """The same for families that no model is ever taught, and their mean."""
    figures = _measure(organ, data, folder, tuple(UNTAUGHT.values()))
    found = [figures[f"{name} abnormal dice"] for name in UNTAUGHT]
    return figures | {"untaught, abnormal dice, mean": float(np.mean(found))}


def _measure(
    organ: Organ, data: Path, folder: Path, families: Sequence[Family]
) -> dict[str, float]:
    figures = {}
    for row in evaluate(organ, [load_case(data, LUNG)], folder, families=families):
        figures[f"{row.disease} roi dice"] = row.roi_dice
        if row.disease != HEALTHY:
            figures[f"{row.disease} abnormal dice"] = row.abnormal_dice
            figures[f"{row.disease} dice within 10 mm"] = row.near_dice
    return figures
