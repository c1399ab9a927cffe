"""How the network grows with the scans that it is taught on, with the steps and with its width.

    python -m bench.accuracy.curve --data bench/accuracy/lung.json --out runs/curve
        --scans 2 --scans 4 --scans 8 --steps 1500

Trains one network from nothing for each number of scans, of steps and each width, cuts it as
the shipped model is cut, and judges it on the scans that the data list holds out: as they are,
and `case002` with every family of synthetic disease, taught and untaught. Healthy scans of the
list that a network was not taught are judged as well. Without a look at the chest as a
whole: for comparing with one another, not with what is shipped. Goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from bench.accuracy.families import LUNG
from bench.accuracy.judged import judged
from bench.accuracy.trained import trained

from eupnea.organ import Organ
from eupnea.train.cases import Case, Datalist, Health, load_case
from eupnea.train.config import WIDTHS, Target, TrainingConfig
from eupnea.train.disease import FAMILIES
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.evaluate import HEALTHY, Row
from eupnea.train.processor import has_bfloat16
from eupnea.train.table import write_table


@dataclass(frozen=True, kw_only=True)
class Network:
    """What a network of the curve differs in from the others."""

    scans: int
    first: int
    """Which scan of the list is the first of those taught; the others follow at even distances."""
    steps: int
    width: float
    """Channels, as a multiple of the shipped network's."""

    def __str__(self) -> str:
        return f"{self.scans} scans from {self.first}, {self.steps} steps, width {self.width:g}"

    def config(self, data: Datalist, seed: int) -> TrainingConfig:
        """How it is trained."""
        return TrainingConfig(
            steps=self.steps,
            seed=seed,
            usual_breath=True,
            scans_at_once=self.scans,
            bfloat16=has_bfloat16(),
            widths=tuple(round(self.width * n) for n in WIDTHS[Target.NORMAL]),
            held_out=self._left(data),
        )

    def _left(self, data: Datalist) -> tuple[str, ...]:
        """What is not taught of the training scans; fewer from the same are always among more."""
        names = [entry.name for entry in data.cases if not entry.hold_out]
        if len(names) % self.scans:
            raise ValueError(f"expected a divisor of {len(names)} scans, found {self.scans}")
        taken = names[self.first :: len(names) // self.scans]
        return tuple(name for name in names if name not in taken)


@dataclass(frozen=True, kw_only=True)
class Point:
    """How well one network did; means over the scans held out or over the families."""

    network: str
    roi_dice: float
    abnormal_share: float
    healthy_share: float
    """Abnormal in healthy scans that it was not taught; nan where it was taught them all."""
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
    parser.add_argument("--first", type=int, action="append")
    parser.add_argument("--width", type=float, action="append")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    data, points = Datalist.read(chosen.data), []
    cases = data.load(hold_out=True)
    for network in _networks(chosen):
        run = chosen.out / str(network)
        config = network.config(data, chosen.seed)
        organ = trained(chosen.data, run, config)
        points.append(_point(str(network), organ, cases, _never(data, config), run))
        write_table(points, chosen.out / "curve.csv", kind=Point)


def _networks(chosen: argparse.Namespace) -> Iterator[Network]:
    axes = chosen.scans, chosen.first or [0], chosen.steps, chosen.width or [1.0]
    for scans, first, steps, width in product(*axes):
        yield Network(scans=scans, first=first, steps=steps, width=width)


def _never(data: Datalist, config: TrainingConfig) -> list[Case]:
    """Healthy scans of the list that a network is not taught."""
    never = [e for e in data.cases if e.name in config.held_out and e.health is Health.ALL]
    return [load_case(data.root, entry) for entry in never]


def _point(
    name: str, organ: Organ, cases: Sequence[Case], healthy: Sequence[Case], run: Path
) -> Point:
    diseased = [case for case in cases if case.name == LUNG.name]
    others = [case for case in cases if case.name != LUNG.name]
    (as_it_is, *taught), (_, *untaught) = (
        judged(organ, diseased, run / kind, list(families.values()))
        for kind, families in (("taught", FAMILIES), ("untaught", UNTAUGHT))
    )
    drawn = [as_it_is, *judged(organ, others, run / "held out", ())]
    return Point(
        network=name,
        roi_dice=_mean(drawn, "roi_dice"),
        abnormal_share=_mean(drawn, "abnormal_share"),
        healthy_share=_mean(judged(organ, healthy, run / HEALTHY, ()), "abnormal_share"),
        taught_dice=_mean(taught, "abnormal_dice"),
        taught_near_dice=_mean(taught, "near_dice"),
        untaught_dice=_mean(untaught, "abnormal_dice"),
        untaught_near_dice=_mean(untaught, "near_dice"),
    )


def _mean(rows: Sequence[Row], figure: str) -> float:
    found = [getattr(row, figure) for row in rows]
    return round(float(np.mean(found)), 4) if found else float("nan")


if __name__ == "__main__":
    main()
