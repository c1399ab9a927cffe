"""Synthetic disease of each family in lungs not trained on; semi-synthetic.

Which families a model never saw stands in its card.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from eupnea.organ import Organ
from eupnea.train.cases import CaseEntry, Health, load_case
from eupnea.train.evaluate import evaluate

LUNG = CaseEntry(
    name="case002",
    ct=Path("lctsc/case002_ct.nii.gz"),
    lung=Path("lctsc/case002_lung.nii.gz"),
    health=Health.AERATED,
    source="LCTSC",
    hold_out=True,
)


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of the abnormal region, and of the lungs, family by family."""
    overlaps = defaultdict(list)
    for row in evaluate(organ, [load_case(data, LUNG)], folder):
        overlaps[f"{row.disease} abnormal dice"].append(row.abnormal_dice)
        overlaps[f"{row.disease} roi dice"].append(row.roi_dice)
    del overlaps["healthy abnormal dice"]
    return {name: float(np.mean(values)) for name, values in overlaps.items()}
