"""Every family of disease left out of training in turn: normal against lesion network.

    python -m bench.accuracy.turns --data bench/accuracy/lung.json --out runs/turns
        --located-by src/eupnea/segment/weights --nameless-steps 2000 --steps 400

A family is left out together with its kin, for what is taught consolidation has been
taught collapse. Both networks go on from one that saw no named disease at all: the normal
network is taught the families that are left, the lesion network to segment
them. Each is judged on what neither ever saw, laid into the scans that the data list holds
out. Writes `turns.csv` anew after each network; goes on where it was stopped.
`--kin` and `--target` take a part of the turns, so that two can run at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from bench.accuracy.judged import judged, read_scores
from bench.accuracy.trained import trained

from eupnea.organ import Organ
from eupnea.segment import find_organ
from eupnea.train.cases import Datalist
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.disease import FAMILIES, Family
from eupnea.train.disease.families import NAMELESS
from eupnea.train.evaluate import HEALTHY, Row
from eupnea.train.fit import fit
from eupnea.train.table import write_table

KIN = {
    "opacities": ("ground glass", "crazy paving"),
    "filled": ("consolidation", "effusion", "collapse"),
    "focal": ("solid nodule", "part-solid nodule", "cavity"),
    "interstitial": ("reticulation", "honeycombing"),
    "airways": ("tree in bud", "bronchiectasis"),
    "lucent": ("emphysema", "bulla"),
}
"""Families that look or lie alike; every named one stands in one of them."""

BASELINE = "density-baseline"
NAMELESS_SEED = 20


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What all turns share."""

    data: Path
    out: Path
    located_by: Path
    nameless_steps: int
    steps: int
    seed: int

    def config(self, **others: Any) -> TrainingConfig:
        """How a network is trained, beside what the turns differ in."""
        return TrainingConfig(
            scans_at_once=8, usual_breath=True, located_by=self.located_by, **others
        )


def main() -> None:
    """Trains and judges the chosen turns, and prints the means of all that were judged so far."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "out", "located-by"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("nameless-steps", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kin", action="append", choices=KIN)
    parser.add_argument("--target", action="append", choices=[Target.NORMAL, Target.DISEASE])
    chosen = vars(parser.parse_args())
    kin = chosen.pop("kin") or list(KIN)
    targets = chosen.pop("target") or [Target.NORMAL, Target.DISEASE]
    plan = Plan(**chosen)
    cases = Datalist.read(plan.data).load(hold_out=True)
    named = _families(sum(KIN.values(), ()))
    judged(find_organ(normal=BASELINE), cases, plan.out / BASELINE, named)
    for name, target in product(kin, targets):
        run = plan.out / f"{name} {target}"
        organ = _trained(plan, run, KIN[name], Target(target))
        judged(organ, cases, run / "judged", _families(KIN[name]))
        _collect(plan.out)


def _families(names: Sequence[str]) -> list[Family]:
    return [FAMILIES[name] for name in names]


def _trained(plan: Plan, run: Path, left_out: Sequence[str], target: Target) -> Organ:
    """A network that goes on from the nameless one, at the cut of the shipped model."""
    config = plan.config(
        steps=plan.steps,
        seed=plan.seed,
        target=target,
        learning_rate=1e-3,
        left_out=tuple(left_out),
    )
    return trained(plan.data, run, config, warm_start=_nameless(plan))


def _nameless(plan: Plan) -> Path:
    """The checkpoint of a network that was taught no named disease."""
    run = plan.out / "nameless"
    named = tuple(name for name in FAMILIES if name not in NAMELESS)
    config = plan.config(steps=plan.nameless_steps, seed=NAMELESS_SEED, left_out=named)
    checkpoint = run / "checkpoint.npz"
    if not checkpoint.exists() or Checkpoint.load(checkpoint).step < plan.nameless_steps:
        fit(Datalist.read(plan.data).load(), run, config)
    return checkpoint


@dataclass(frozen=True, kw_only=True)
class Mean:
    """One network on a family that it never saw, or on lungs as they are; means over the lungs."""

    network: str
    left_out: str
    disease: str
    abnormal_dice: float
    near_dice: float
    roi_dice: float
    abnormal_share: float


def _collect(out: Path) -> None:
    """Writes what was judged so far, and prints the mean over the families of each network."""
    networks = [(BASELINE, "nothing", out / BASELINE)]
    for kin, target in product(KIN, (Target.NORMAL, Target.DISEASE)):
        networks.append((str(target), kin, out / f"{kin} {target}" / "judged"))
    found = [
        mean
        for network, left_out, folder in networks
        for mean in _means(read_scores(folder), network, left_out)
    ]
    write_table(found, out / "turns.csv", kind=Mean)
    for network in (BASELINE, Target.NORMAL, Target.DISEASE):
        dice = [m.abnormal_dice for m in found if m.network == network and m.disease != HEALTHY]
        if dice:
            print(f"{network:18s} {len(dice):3d} families  Dice {np.mean(dice):.3f}", flush=True)


def _means(rows: Sequence[Row], network: str, left_out: str) -> Iterator[Mean]:
    figures = ("abnormal_dice", "near_dice", "roi_dice", "abnormal_share")
    for disease in dict.fromkeys(row.disease for row in rows):
        own = [row for row in rows if row.disease == disease]
        means = {name: float(np.mean([getattr(row, name) for row in own])) for name in figures}
        yield Mean(network=network, left_out=left_out, disease=disease, **means)


if __name__ == "__main__":
    main()
