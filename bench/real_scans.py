"""Measures every real scan of `../shared/data` with the density baseline.

    python bench/real_scans.py [--out FILE] [--only NAME ...] [--normal METHOD]

Writes one row of a Markdown table per scan: volumes, the share of abnormal
lung, the Dice of the region of interest against the expert's mask, how much of
the reader's lesion is in the region of interest and how much of that is
abnormal, how well the abnormal area of a slice agrees with the slice labels of
the pneumonia cases, processor time and peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.mask import Mask
from eupnea.read import read_mask, read_timeline
from eupnea.scan import Scan
from eupnea.segment import find_organ, segment_scan

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ANY_DAY = datetime(2020, 1, 1, tzinfo=UTC)
COLUMNS = (
    "scan",
    "roi ml",
    "normal ml",
    "abnormal ml",
    "abnormal %",
    "regions",
    "roi Dice",
    "lesion in roi, of that abnormal",
    "slice AUC",
    "CPU s",
    "GB",
    "notes",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One real scan, and what is known of it."""

    name: str
    ct: Path
    lungs: Path | None = None
    lesion: Path | None = None
    slice_labels: str | None = None


def cases() -> Iterator[Case]:
    """All real chest scans, by folder."""
    for ct in sorted(DATA.glob("lctsc/*_ct.nii.gz")):
        yield Case(name=ct.name[:7], ct=ct, lungs=ct.with_name(ct.name.replace("_ct", "_lung")))
    covid = DATA / "covid-ct-md"
    for name in ("normal001", "normal002"):
        yield Case(name=name, ct=covid / f"{name}_ct.nii.gz")
    yield Case(name="P001", ct=covid / "P001", slice_labels="P001")
    yield Case(name="cap001", ct=covid / "cap001_ct.nii.gz", slice_labels="cap001")
    for ct in sorted([*DATA.glob("lidc/*_ct.nii.gz"), *DATA.glob("ibsi/*_ct.nii.gz")]):
        name = ct.name.removesuffix("_ct.nii.gz")
        lesions = sorted({*ct.parent.glob(f"{name}_*.nii.gz")} - {ct})
        yield Case(name=name, ct=ct, lesion=lesions[0] if lesions else None)
    for time_point in ("baseline", "followup"):
        ct = DATA / "elastix-pair" / f"3DCT_lung_{time_point}.mha"
        yield Case(name=f"elastix {time_point}", ct=ct, lungs=ct.with_stem(ct.stem + "_mask"))


def measure(case: Case, normal: str) -> str:
    """One row of the table."""
    scan = next(iter(read_timeline([case.ct], dates=[ANY_DAY]).timeline))
    start = time.process_time()
    found = segment_scan(scan, find_organ("lung", normal=normal))
    seconds = time.process_time() - start
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return _row(
        case.name,
        f"{found.roi.volume_ml:.0f}",
        f"{found.normal.volume_ml:.0f}",
        f"{found.abnormal.volume_ml:.1f}",
        f"{100 * found.abnormal.fraction:.2f}",
        str(len(found.regions)),
        _dice(case, scan, found.roi.mask),
        _lesion_found(case, scan, found),
        _slice_auc(case, found),
        f"{seconds:.1f}",
        f"{memory_gb:.1f}",
        ", ".join(sorted({note.code for note in found.notes})),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _dice(case: Case, scan: Scan, roi: Mask) -> str:
    if case.lungs is None:
        return ""
    truth = read_mask(case.lungs, scan)
    overlap = (truth & roi).voxel_count
    return f"{2 * overlap / (truth.voxel_count + roi.voxel_count):.4f}"


def _lesion_found(case: Case, scan: Scan, found: ScanAnalysis) -> str:
    """Share of the reader's lesion in the region of interest, and of that part in abnormal."""
    if case.lesion is None:
        return ""
    lesion = read_mask(case.lesion, scan)
    inside = lesion & found.roi.mask
    abnormal = (inside & found.abnormal.mask).voxel_count / max(1, inside.voxel_count)
    return f"{inside.voxel_count / lesion.voxel_count:.0%}, {abnormal:.0%}"


def _slice_auc(case: Case, found: ScanAnalysis) -> str:
    """How often an infected slice holds more abnormal lung than a clean one."""
    if case.slice_labels is None:
        return ""
    labels = json.loads((DATA / "covid-ct-md" / "labels.json").read_text())
    area = np.count_nonzero(found.abnormal.mask.voxels, axis=(1, 2))
    infected = np.zeros(len(area), bool)
    infected[labels[case.slice_labels]["infected"]] = True
    return f"{_auc(area[infected], area[~infected]):.3f}"


def _auc(positive: NDArray[np.intp], negative: NDArray[np.intp]) -> float:
    wins = (positive[:, None] > negative).mean() + (positive[:, None] == negative).mean() / 2
    return float(wins)


def main() -> None:
    """Prints the table; each scan in a process of its own, for its own peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of scans")
    parser.add_argument("--normal", default="density-baseline")
    parser.add_argument("--out", type=Path, help="a file for the table")
    chosen = parser.parse_args()
    rows = [_row(*COLUMNS), _row(*["---"] * len(COLUMNS))]
    print("\n".join(rows))
    for case in cases():
        if chosen.only and case.name not in chosen.only:
            continue
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            rows.append(pool.submit(measure, case, chosen.normal).result())
        print(rows[-1], flush=True)
        if chosen.out:
            chosen.out.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
