"""How far the certainty, and the interval of the abnormal volume, can be trusted; semi-synthetic.

Every family of disease, taught and untaught, is laid into lungs not trained on, so what is
normal is known for each voxel; places of unknown nature are set aside. The interval's margins
are learnt from all of these lungs but the one that they are judged on, each lung in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.accuracy.drawn_lungs import HELD_OUT
from bench.accuracy.listed import ENTRIES
from numpy.typing import NDArray

from eupnea.organ import Margins, Organ
from eupnea.train.cases import load_case
from eupnea.train.disease import FAMILIES
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.margins import Answer, Trial, fit_margins, trials
from eupnea.train.scores import expected_calibration_error
from eupnea.train.table import write_table

SEED = 13
VOXELS = 20_000
"""Of each scan, for the calibration of its voxels."""

DISEASES = (*FAMILIES.values(), *UNTAUGHT.values())

DOUBT_ALONE = Margins(below=0.0, above=0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Voxels:
    """Some voxels of one scan."""

    certainty: NDArray[np.float64]
    """That a voxel is normal, 0 to 1."""
    normal: NDArray[np.bool_]


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """How often intervals hold the true volume, what volumes are off by, and voxels' calibration.

    A method that gives no certainty has no figures.
    """
    pairs = list(_answers(organ, data))
    if not pairs:
        return {}
    answers = [answer for answer, _ in pairs]
    write_table(answers, folder / "answers.csv", kind=Answer)
    return {
        "scans": float(len(answers)),
        **volume_figures(answers),
        **_in_turn(answers),
        **_voxel_figures([voxels for _, voxels in pairs]),
    }


def volume_figures(answers: Sequence[Answer]) -> dict[str, float]:
    """How far the volume is off, and how often the method's own doubt holds the true one."""
    off = np.array([answer.found_ml - answer.true_ml for answer in answers])
    true = np.array([answer.true_ml for answer in answers])
    return {
        "found, of the true volume, median": float(np.median(1 + off / true)),
        "off from the true volume, ml, median": float(np.median(np.abs(off))),
        "doubt holds the true volume": float(np.mean([a.is_held(DOUBT_ALONE) for a in answers])),
    }


def _in_turn(answers: Sequence[Answer]) -> dict[str, float]:
    """How often intervals hold the true volume in a lung that they were not learnt from."""
    figures, widths = {}, []
    for case in sorted({answer.case for answer in answers}):
        own = [answer for answer in answers if answer.case == case]
        margins = fit_margins([answer for answer in answers if answer.case != case])
        figures[f"{case} interval holds the true volume"] = float(
            np.mean([answer.is_held(margins) for answer in own])
        )
        ends = [answer.interval_ml(margins) for answer in own]
        widths += [high - low for low, high in ends]
    mean = float(np.mean(list(figures.values())))
    return {
        "interval holds the true volume": mean,
        **figures,
        "width of the interval, ml, median": float(np.median(widths)),
    }


def _voxel_figures(drawn: Sequence[Voxels]) -> dict[str, float]:
    sure = np.concatenate([voxels.certainty for voxels in drawn])
    true = np.concatenate([voxels.normal for voxels in drawn])
    return {
        "expected calibration error of voxels": expected_calibration_error(sure, true),
        "abnormal voxels, mean certainty of normal": float(sure[~true].mean()),
        "normal voxels, mean certainty of normal": float(sure[true].mean()),
    }


def _answers(organ: Organ, data: Path) -> Iterator[tuple[Answer, Voxels]]:
    rng = np.random.default_rng(SEED)
    cases = (load_case(data, ENTRIES[name]) for name in HELD_OUT)
    for trial in trials(organ, cases, DISEASES, seed=SEED):
        yield trial.answer(), _voxels(trial, rng)


def _voxels(trial: Trial, rng: np.random.Generator) -> Voxels:
    """Drawn from what is known of one scan."""
    case, abnormal = trial.case, trial.abnormal
    found = trial.seen.roi.mask.voxels & (abnormal | ~case.unknown)
    known = np.flatnonzero(found & (case.lung | abnormal))
    drawn = rng.choice(known, min(VOXELS, known.size), replace=False)
    return Voxels(certainty=trial.certainty.ravel()[drawn] / 255.0, normal=~abnormal.ravel()[drawn])
