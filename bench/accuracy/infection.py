"""Real infection against the slice labels of radiologists; evaluation only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from bench.accuracy.seen import Seen, look
from numpy.typing import NDArray

from eupnea.organ import Organ
from eupnea.train.cases import read_scan
from eupnea.train.scores import area_under_curve

SCANS = {"P001": "P001", "cap001": "cap001_ct.nii.gz"}


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Area under the curve of abnormal area per slice; share in slices labelled clean.

    cap001 has chronic disease in slices labelled clean: its share there is no error rate.
    """
    labels = json.loads((data / "covid-ct-md/labels.json").read_text())
    figures = {}
    for name, file in SCANS.items():
        scan = read_scan(data / "covid-ct-md" / file)
        seen = look(organ, scan, folder / f"{name}.png")
        infected = np.zeros(seen.roi.shape[0], bool)
        infected[labels[name]["infected"]] = True
        figures[f"{name} slice auc"] = _slice_auc(seen, infected)
        figures[f"{name} abnormal share"] = seen.share
        figures[f"{name} share in clean slices"] = float(
            seen.abnormal[~infected].sum() / seen.roi[~infected].sum()
        )
    return figures


def _slice_auc(seen: Seen, infected: NDArray[np.bool_]) -> float:
    """Over all slices that hold lung."""
    inside = seen.roi.any(axis=(1, 2)) | infected
    return area_under_curve(seen.abnormal.sum(axis=(1, 2))[inside], infected[inside])
