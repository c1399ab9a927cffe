"""How far the certainty, and the interval of the abnormal volume, can be trusted; semi-synthetic.

Every family of disease, taught and untaught, is laid into lungs not trained on, so what is
normal is known for each voxel; places of unknown nature are set aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.accuracy.drawn_lungs import HELD_OUT
from bench.accuracy.listed import ENTRIES
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.mask import Mask
from eupnea.organ import Organ
from eupnea.segment import segment_scan
from eupnea.segment.interval import abnormal_interval_ml
from eupnea.train.cases import Case, load_case
from eupnea.train.disease import FAMILIES
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.evaluate import courses
from eupnea.train.scores import expected_calibration_error
from eupnea.train.table import write_table

SEED = 13
VOXELS = 20_000
"""Of each scan, for the calibration of its voxels."""

DISEASES = (*FAMILIES.values(), *UNTAUGHT.values())


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of `answers.csv`: what a method said of one scan, and what is true."""

    case: str
    disease: str
    known_ml: float
    """Of the region of interest, without places of unknown nature."""
    true_ml: float
    found_ml: float
    low_ml: float
    high_ml: float

    @property
    def holds(self) -> bool:
        """Whether the true volume lies in the interval."""
        return self.low_ml <= self.true_ml <= self.high_ml


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """One scan: its volumes, and some of its voxels."""

    row: Row
    certainty: NDArray[np.float64]
    """That a voxel is normal, 0 to 1."""
    normal: NDArray[np.bool_]


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """How often intervals hold the true volume, what they miss it by, and voxels' calibration.

    A method that gives no certainty has no figures.
    """
    answers = list(_answers(organ, data))
    if not answers:
        return {}
    rows = [answer.row for answer in answers]
    write_table(rows, folder / "answers.csv", kind=Row)
    low, high, found = (
        np.array([getattr(row, figure) / row.true_ml for row in rows])
        for figure in ("low_ml", "high_ml", "found_ml")
    )
    sure = np.concatenate([answer.certainty for answer in answers])
    true = np.concatenate([answer.normal for answer in answers])
    return {
        "scans": float(len(answers)),
        "intervals that hold the true volume": float(np.mean([row.holds for row in rows])),
        "intervals above it": float(np.mean(low > 1.0)),
        "intervals below it": float(np.mean(high < 1.0)),
        "found, of the true volume, median": float(np.median(found)),
        "lower end, of the true volume, median": float(np.median(low)),
        "upper end, of the true volume, median": float(np.median(high)),
        "expected calibration error of voxels": expected_calibration_error(sure, true),
        "abnormal voxels, mean certainty of normal": float(sure[~true].mean()),
        "normal voxels, mean certainty of normal": float(sure[true].mean()),
    }


def _answers(organ: Organ, data: Path) -> Iterator[Answer]:
    rng = np.random.default_rng(SEED)
    for name in HELD_OUT:
        case = load_case(data, ENTRIES[name])
        for family, scan, abnormal in courses(case, DISEASES, SEED):
            seen = segment_scan(scan, organ)
            if seen.certainty is None:
                return
            if abnormal.any():
                yield _answer(family, case, seen, seen.certainty, abnormal, rng)


def _answer(
    disease: str,
    case: Case,
    seen: ScanAnalysis,
    certainty: NDArray[np.uint8],
    abnormal: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Answer:
    """Of what is known in one scan."""
    unknown = Mask(voxels=case.unknown & ~abnormal, geometry=case.scan.geometry)
    roi, found = seen.roi.mask - unknown, seen.abnormal.mask - unknown
    interval = abnormal_interval_ml(certainty, roi, found)
    if interval is None:
        raise ValueError("expected an interval where there is a certainty, found none")
    known = np.flatnonzero(roi.voxels & (case.lung | abnormal))
    drawn = rng.choice(known, min(VOXELS, known.size), replace=False)
    row = Row(
        case=case.name,
        disease=disease,
        known_ml=roi.volume_ml,
        true_ml=float(np.count_nonzero(abnormal) * case.scan.geometry.voxel_volume_ml),
        found_ml=found.volume_ml,
        low_ml=interval[0],
        high_ml=interval[1],
    )
    sure = certainty.ravel()[drawn] / 255.0
    return Answer(row=row, certainty=sure, normal=~abnormal.ravel()[drawn])
