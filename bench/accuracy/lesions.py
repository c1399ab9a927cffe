"""Real lesions against masks of radiologists; evaluation only."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
from bench.accuracy.seen import Seen, see
from numpy.typing import NDArray

from eupnea.organ import Organ
from eupnea.read import read_mask
from eupnea.segment.components import components
from eupnea.train.cases import read_scan
from eupnea.train.picture import draw_picture
from eupnea.train.scores import dice_near

SCANS = {
    "lidc1011": ("lidc/lidc1011_ct.nii.gz", "lidc/lidc1011_nodule_votes.nii.gz", 2),
    "ibsi1": ("ibsi/ibsi_pat1_ct.nii.gz", "ibsi/ibsi_pat1_GTV-1.nii.gz", 1),
    "ibsi3": ("ibsi/ibsi_pat3_ct.nii.gz", "ibsi/ibsi_pat3_GTV-1.nii.gz", 1),
}
"""Scan, mask, and how many of the readers must agree."""

FOUND = 0.5
"""A lesion is found when this share of it is abnormal."""


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Share of lesions found, of their volume called abnormal and lung; Dice within 10 mm."""
    figures = {}
    for name, (ct, mask, votes) in SCANS.items():
        seen = see(organ, read_scan(data / ct))
        truth = _drawn(data / mask, seen, votes)
        draw_picture(folder / f"{name}.png", seen.scan, seen.roi, seen.abnormal, truth=truth)
        labels, counts = components(truth, minimal_voxels=20)
        hits = [float(seen.abnormal[labels == n + 1].mean()) for n in range(len(counts))]
        spacing_mm = seen.scan.geometry.spacing_mm
        figures[f"{name} lesions"] = float(len(hits))
        figures[f"{name} lesions found"] = float(np.mean([hit >= FOUND for hit in hits]))
        figures[f"{name} volume in roi"] = float(seen.roi[truth].mean())
        figures[f"{name} volume abnormal"] = float(seen.abnormal[truth].mean())
        figures[f"{name} dice within 10 mm"] = dice_near(seen.abnormal, truth, spacing_mm)
        figures[f"{name} abnormal share"] = seen.share
    return figures


def _drawn(path: Path, seen: Seen, votes: int) -> NDArray[np.bool_]:
    """Voxels that enough readers drew; a vote map is read through a scan of votes."""
    if votes == 1:
        return read_mask(path, seen.scan).voxels.copy()
    stored = np.asarray(nibabel.load(path).dataobj)
    return np.ascontiguousarray(stored.transpose(2, 1, 0) >= votes)
