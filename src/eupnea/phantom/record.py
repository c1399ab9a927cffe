"""The truth of a synthetic patient as one JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from eupnea.phantom.patient import Patient, PhantomScan
from eupnea.phantom.plan import ScanPlan

SCHEMA = "eupnea/phantom-truth/1"
LANDMARKS = 60
"""Points in the first scan's lungs whose place in every scan is recorded."""


def write_record(patient: Patient, path: Path) -> None:
    """Write what is true of the patient: scans, regions, events and landmarks."""
    path.write_text(json.dumps(record(patient), indent=1) + "\n", encoding="utf-8")


def record(patient: Patient) -> dict[str, Any]:
    """The document as plain values; positions are mm, LPS, of each scan's own space.

    `landmarks_mm[n]` holds, for scan n, the places of the same points of tissue.
    """
    points = _landmarks(patient)
    return {
        "schema": SCHEMA,
        "seed": patient.plan.seed,
        "scans": [
            _scan(index, patient.scan_name(index), plan, scan)
            for index, (plan, scan) in enumerate(
                zip(patient.plan.scans, patient.scans, strict=True)
            )
        ],
        "lesions": [
            {"number": number, **asdict(lesion)}
            for number, lesion in enumerate(patient.plan.lesions, start=1)
        ],
        "changes": [
            {"from": before, "to": after, "events": [asdict(event) for event in events]}
            for (before, after), events in patient.events.items()
        ],
        "landmarks_mm": [
            np.round(patient.displace(points, source=0, target=index), 4).tolist()
            for index in range(len(patient.scans))
        ],
    }


def _scan(index: int, name: str, plan: ScanPlan, scan: PhantomScan) -> dict[str, Any]:
    truth = scan.truth
    return {
        "index": index,
        "name": name,
        "acquired_at": plan.acquired_at.isoformat(),
        "breath": plan.breath,
        "roi_ml": truth.roi.volume_ml,
        "normal_ml": truth.normal.volume_ml,
        "abnormal_ml": truth.abnormal.volume_ml,
        "regions": [asdict(region) for region in truth.regions],
    }


def _landmarks(patient: Patient) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Voxels of the first scan's lungs, evenly far apart in its voxel order."""
    roi = patient.scans[0].truth.roi
    inside = np.argwhere(roi.voxels)
    chosen = inside[np.linspace(0, len(inside) - 1, LANDMARKS).astype(int)]
    return np.asarray(roi.geometry.to_mm(chosen))
