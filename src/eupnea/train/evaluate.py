"""How well a model knows normal lung: on held-out lungs, healthy and with laid-in disease."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.segment import segment_scan
from eupnea.train.cases import Case
from eupnea.train.disease import FAMILIES, Family
from eupnea.train.disease.lay import Ground
from eupnea.train.diseased import diseased
from eupnea.train.picture import draw_picture
from eupnea.train.scores import dice, dice_near
from eupnea.train.table import write_table

HEALTHY = "healthy"
LESIONS = 6
"""Lesions of one family laid into each lung."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: one held-out lung, healthy or with one family of disease."""

    case: str
    disease: str
    roi_dice: float
    abnormal_share: float
    """Found abnormal, of the found region of interest; unknown voxels set aside."""
    true_share: float
    abnormal_dice: float
    near_dice: float
    """The same within 10 mm of the disease: false alarms elsewhere do not count."""


def evaluate(
    organ: Organ,
    cases: Sequence[Case],
    out: Path,
    *,
    families: Sequence[Family] = tuple(FAMILIES.values()),
    seed: int = 7,
    on_row: Callable[[Row], None] = lambda _: None,
) -> list[Row]:
    """Judges a model on held-out lungs; writes `scores.csv` and one picture per row.

    Args:
        organ: What finds roi and normal; `organ_of(model)` or any other.
        cases: Lungs not trained on.
        out: Folder for the table and the pictures.
        families: Families of disease to lay in, one at a time.
        seed: Decides the lesions.
        on_row: Called for each line as it is ready.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for case in cases:
        for name, scan, abnormal in courses(case, families, seed):
            row, found = judge(organ, case, scan, abnormal, disease=name)
            roi, seen = found.roi.mask.voxels, found.abnormal.mask.voxels
            draw_picture(out / f"{case.name} {name}.png", scan, roi, seen, truth=abnormal)
            rows.append(row)
            on_row(row)
    write_table(rows, out / "scores.csv", kind=Row)
    return rows


def judge(
    organ: Organ, case: Case, scan: Scan, abnormal: NDArray[np.bool_], *, disease: str
) -> tuple[Row, ScanAnalysis]:
    """One line of the table, and the regions that it was measured on."""
    seen = segment_scan(scan, organ)
    roi = seen.roi.mask.voxels
    found = seen.abnormal.mask.voxels & ~case.unknown
    known_abnormal = abnormal & ~case.unknown
    known = int(np.count_nonzero(roi & ~case.unknown))
    judged = roi & (case.lung | ~case.unknown)
    row = Row(
        case=case.name,
        disease=disease,
        roi_dice=round(dice(judged, case.lung), 4),
        abnormal_share=round(float(np.count_nonzero(found)) / max(known, 1), 5),
        true_share=round(float(np.count_nonzero(abnormal) / np.count_nonzero(case.lung)), 5),
        abnormal_dice=round(dice(found, known_abnormal), 4),
        near_dice=round(dice_near(found, known_abnormal, case.spacing_mm), 4),
    )
    return row, seen


def courses(
    case: Case, families: Sequence[Family], seed: int
) -> Iterator[tuple[str, Scan, NDArray[np.bool_]]]:
    """The case healthy, then with each family of disease: a name, the scan, what is abnormal."""
    yield HEALTHY, case.scan, np.zeros_like(case.lung)
    ground = Ground.of(case.hu, case.lung, case.spacing_mm, np.random.default_rng(seed))
    for n, family in enumerate(families):
        lesions = [family] * LESIONS
        scan, abnormal = diseased(case, ground, lesions, np.random.default_rng([seed, n]))
        yield family.name, scan, abnormal
