"""Healthy stays healthy: the abnormal share of lungs that have no disease."""

from __future__ import annotations

from pathlib import Path

from bench.accuracy.seen import look

from eupnea.organ import Organ
from eupnea.train.cases import read_scan

SCANS = ("normal001", "normal002")


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Abnormal share of each healthy scan; which were trained on stands in the model's card."""
    figures = {}
    for name in SCANS:
        scan = read_scan(data / f"covid-ct-md/{name}_ct.nii.gz")
        figures[f"{name} abnormal share"] = look(organ, scan, folder / f"{name}.png").share
    return figures
