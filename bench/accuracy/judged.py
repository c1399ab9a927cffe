"""What was judged stays judged: a long bench that was stopped goes on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from eupnea.organ import Organ
from eupnea.train.cases import Case
from eupnea.train.disease import Family
from eupnea.train.evaluate import Row, evaluate

SCORES = "scores.csv"
NAMES = ("case", "disease")
"""Columns of a table of scores that are no figures."""


def judged(
    organ: Organ, cases: Sequence[Case], folder: Path, families: Sequence[Family]
) -> list[Row]:
    """Judges a method on lungs, unless the folder holds its scores: `evaluate`, done once."""
    if not (folder / SCORES).exists():
        evaluate(organ, cases, folder, families=families)
    return read_scores(folder)


def read_scores(folder: Path) -> list[Row]:
    """What `evaluate` wrote into a folder; no rows if it has not been there."""
    scores = folder / SCORES
    if not scores.exists():
        return []
    with scores.open(newline="") as file:
        return [_row(told) for told in csv.DictReader(file)]


def _row(told: dict[str, str]) -> Row:
    figures = {name: float(value) for name, value in told.items() if name not in NAMES}
    return Row(case=told["case"], disease=told["disease"], **figures)
