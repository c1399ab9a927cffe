"""How the network grows with the scans that it is taught on, and with the steps.

    python -m bench.accuracy.curve --data bench/accuracy/lung.json --out runs/curve
        --scans 2 --scans 4 --scans 8 --steps 600

Trains one network from nothing for each number of scans and of steps, and judges
each on the scans that the data list holds out: as they are, and `case002` with every
family of synthetic disease, taught and untaught. Short trainings, uncalibrated: for
comparing with one another, not with what is shipped. Goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from bench.accuracy.families import LUNG

from eupnea.organ import Organ
from eupnea.segment.model import load
from eupnea.segment.model_organ import organ_of
from eupnea.train.cases import Case, Datalist
from eupnea.train.config import TrainingConfig
from eupnea.train.disease import FAMILIES
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.evaluate import HEALTHY, Row, evaluate
from eupnea.train.export import Facts, export
from eupnea.train.fit import fit
from eupnea.train.processor import has_bfloat16
from eupnea.train.table import write_table


@dataclass(frozen=True, kw_only=True)
class Point:
    """One network, and how well it did; means over the scans held out or over the families."""

    scans: int
    steps: int
    roi_dice: float
    abnormal_share: float
    taught_dice: float
    taught_near_dice: float
    untaught_dice: float
    untaught_near_dice: float


def main() -> None:
    """Trains and judges each network; writes `curve.csv` anew after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scans", type=int, action="append", required=True)
    parser.add_argument("--steps", type=int, action="append", required=True)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    held_out = Datalist.read(chosen.data).load(hold_out=True)
    points = []
    for scans, steps in product(chosen.scans, chosen.steps):
        run = chosen.out / f"{scans} scans {steps} steps"
        organ = _trained(chosen.data, run, scans, steps=steps, seed=chosen.seed)
        points.append(_judged(organ, held_out, run, scans=scans, steps=steps))
        write_table(points, chosen.out / "curve.csv", kind=Point)


def _trained(data: Path, run: Path, scans: int, *, steps: int, seed: int) -> Organ:
    config = TrainingConfig(
        steps=steps,
        seed=seed,
        usual_breath=True,
        scans_at_once=scans,
        bfloat16=has_bfloat16(),
        held_out=_left(data, scans),
    )
    fit(Datalist.read(data).holding_out(config.held_out).load(), run, config)
    export(run, data, run / "model", Facts(name="curve", version="1"))
    return organ_of(load(run / "model"))


def _left(data: Path, scans: int) -> tuple[str, ...]:
    """What is not taught of the training scans; fewer scans are always among more."""
    names = [entry.name for entry in Datalist.read(data).cases if not entry.hold_out]
    if len(names) % scans:
        raise ValueError(f"expected a divisor of {len(names)} scans, found {scans}")
    taken = names[:: len(names) // scans]
    return tuple(name for name in names if name not in taken)


def _judged(organ: Organ, cases: Sequence[Case], run: Path, *, scans: int, steps: int) -> Point:
    diseased = [case for case in cases if case.name == LUNG.name]
    others = [case for case in cases if case.name != LUNG.name]
    (as_it_is, *taught), (_, *untaught) = (
        evaluate(organ, diseased, run / name, families=tuple(families.values()))
        for name, families in (("taught", FAMILIES), ("untaught", UNTAUGHT))
    )
    healthy = [as_it_is, *evaluate(organ, others, run / HEALTHY, families=())]
    return Point(
        scans=scans,
        steps=steps,
        roi_dice=_mean(healthy, "roi_dice"),
        abnormal_share=_mean(healthy, "abnormal_share"),
        taught_dice=_mean(taught, "abnormal_dice"),
        taught_near_dice=_mean(taught, "near_dice"),
        untaught_dice=_mean(untaught, "abnormal_dice"),
        untaught_near_dice=_mean(untaught, "near_dice"),
    )


def _mean(rows: Sequence[Row], figure: str) -> float:
    return round(float(np.mean([getattr(row, figure) for row in rows])), 4)


if __name__ == "__main__":
    main()
