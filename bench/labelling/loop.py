"""The loop closed: plan, draw, collect, train, evaluate, against images in random order.

    python -m bench.labelling.loop --data ../shared/data --out runs/labelling/loop
        [--steps 250] [--rounds 3] [--per-round 2] [--pool 12] [--judges 6] [--turns N]

Real lungs with disease laid in (semi-synthetic). A simulated reader draws the
true side, whichever the plan names. Both arms begin with one model, trained on
few images in random order. One then takes images in the order of the worklist,
planned anew with each round's model and with what is labelled by then; the
other takes as many in random order. Both train for as many steps, each round
going on from the last. Everything between is what a user runs: the functions
behind `eupnea label plan`, `label collect`, `train` and `export`.

Can be stopped and run again: rounds that have their line in `rounds.csv` are
passed over. `--turns` ends it after so many rounds.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from bench.labelling.images import Image
from bench.labelling.kept import keep
from numpy.typing import NDArray
from pydantic import BaseModel

from eupnea.label.collecting import collect_labels
from eupnea.label.plan import LabelType
from eupnea.label.planning import plan_labels
from eupnea.label.values import VALUE_OF
from eupnea.label.worklist import WorkItem, Worklist
from eupnea.nifti_file import nifti_bytes
from eupnea.organ import Organ, RegionOfInterest
from eupnea.scan import Scan
from eupnea.segment import find_organ
from eupnea.segment.model import load
from eupnea.segment.model_organ import organ_of
from eupnea.train.cases import Datalist
from eupnea.train.config import TrainingConfig
from eupnea.train.export import Facts, export
from eupnea.train.fit import fit
from eupnea.train.scores import dice

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
WIDTHS = (8, 16, 32, 48, 64)
BEGIN = "begin"
"""The arm of the first model, which the others go on from."""


class Round(BaseModel):
    """One line of `rounds.csv`."""

    arm: str
    number: int
    cases: str
    """The images that were labelled in this round."""
    abnormal_dice: float
    """Mean over the judging images."""
    share_error: float
    """Mean distance of the found from the true abnormal share."""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """What all rounds share."""

    out: Path
    pool: Sequence[Image]
    judges: Sequence[Image]
    config: TrainingConfig
    each: int
    """Images per round."""

    def organ(self, model: Path | None) -> Organ:
        """Candidates by a model, or by density before there is one; the organ as it is known."""
        found = find_organ(normal="density-baseline") if model is None else organ_of(load(model))
        known = {_key(image.scan): image.roi for image in (*self.pool, *self.judges)}

        def find_roi(scan: Scan) -> RegionOfInterest:
            mask = known[_key(scan)]
            return RegionOfInterest(mask=replace(mask, geometry=scan.geometry))

        return replace(found, find_roi=find_roi)

    def run(self, arm: str, number: int, before: Sequence[Round]) -> Round:
        """One round of one arm; what an interrupted one left is made again."""
        folder, last = self.out / arm, self._model(arm, number - 1)
        plan = self._plan(arm, number, last)
        labelled = [case for row in before for case in row.cases.split()]
        items = (
            _shuffled(plan, self.config.seed) if arm != "worklist" else Worklist.read(plan).items
        )
        chosen = [item for item in items if item.case not in labelled][: self.each]
        _draw(chosen, self.pool, folder / f"drawn{number}")
        learn = folder / "learning-set"
        if not learn.exists() and number:
            shutil.copytree(self.out / BEGIN / "learning-set", learn)
        drawn = [folder / f"drawn{number}"]
        collected = collect_labels(plan, drawn, learn, reader="simulated", when=NOON)
        if collected.problems:
            raise RuntimeError(collected.problems[0].text)
        self._train(folder, number, learn / "train.json", last)
        scores = self._judge(self.organ(self._model(arm, number)))
        return Round(
            arm=arm,
            number=number,
            cases=" ".join(item.case for item in chosen),
            abnormal_dice=round(scores[0], 3),
            share_error=round(scores[1], 3),
        )

    def _model(self, arm: str, number: int) -> Path | None:
        if number < 0:
            return None
        return self.out / (arm if number else BEGIN) / f"run{number}" / "model"

    def _plan(self, arm: str, number: int, model: Path | None) -> Path:
        """The plan to draw by; in random order, the first one does."""
        plan = self.out / arm / f"plan{number}" if arm == "worklist" else self.out / BEGIN / "plan0"
        if not plan.exists():
            sources = _sources(self.pool, self.out / "sources")
            learn = self.out / (arm if number > 1 else BEGIN) / "learning-set"
            plan_labels(sources, plan, organ=self.organ(model), labelled=learn if number else None)
        return plan

    def _train(self, folder: Path, number: int, data: Path, last: Path | None) -> None:
        """A model of all labels so far, that goes on from the round before."""
        run = folder / f"run{number}"
        shutil.rmtree(run, ignore_errors=True)
        before = None if last is None else last.parent / "checkpoint.npz"
        fit(Datalist.read(data).load(), run, self.config, warm_start=before)
        export(run, data, run / "model", Facts(name="loop", version=str(number)))

    def _judge(self, organ: Organ) -> tuple[float, float]:
        """Mean overlap of the abnormal side, and mean error of its share."""
        overlaps, errors = [], []
        for image in self.judges:
            found = image.roi - organ.find_normal(image.scan, image.roi).mask
            overlaps.append(dice(found.voxels, image.abnormal.voxels))
            missed = abs(found.voxel_count - image.abnormal.voxel_count)
            errors.append(missed / image.roi.voxel_count)
        return float(np.mean(overlaps)), float(np.mean(errors))


def main() -> None:
    """Runs what is missing of both arms, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=250, help="Of each training.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-round", type=int, default=2)
    parser.add_argument("--pool", type=int, default=12, help="Images to label.")
    parser.add_argument("--judges", type=int, default=6, help="Images to judge by.")
    parser.add_argument("--turns", type=int, help="Stop after so many rounds.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pool, judges = keep(options.data, options.out / "images", options.pool, options.judges)
    config = TrainingConfig(steps=options.steps, seed=options.seed, batch=4, size=96, widths=WIDTHS)
    loop = Loop(out=options.out, pool=pool, judges=judges, config=config, each=options.per_round)
    path = options.out / "rounds.csv"
    for row in islice(_missing(loop, path, options.rounds), options.turns):
        _add(path, row)
        print(row, flush=True)
    _show(_done(path), options.per_round)


def _missing(loop: Loop, path: Path, rounds: int) -> Iterator[Round]:
    """Rounds that have no line yet: the first model, then both arms in turn."""
    turns = [(BEGIN, 0)] + [
        (arm, number) for number in range(1, rounds + 1) for arm in ("worklist", "random")
    ]
    for arm, number in turns:
        rows = _done(path)
        if not any((row.arm, row.number) == (arm, number) for row in rows):
            yield loop.run(arm, number, [row for row in rows if row.arm in (BEGIN, arm)])


def _sources(pool: Sequence[Image], folder: Path) -> list[Path]:
    """The scans of the pool, one file each, named by their place."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:02d}.nii.gz" for number in range(len(pool))]
    for path, image in zip(paths, pool, strict=True):
        hu: NDArray[Any] = image.scan.hu
        path.write_bytes(nifti_bytes(hu, image.scan.geometry))
    return paths


def _key(scan: Scan) -> int:
    return hash(np.ascontiguousarray(scan.hu).tobytes())


def _shuffled(plan: Path, seed: int) -> list[WorkItem]:
    """All images in random order, the same one in each round."""
    by_name = sorted(Worklist.read(plan).items, key=lambda item: item.case)
    return [by_name[n] for n in np.random.default_rng(seed).permutation(len(by_name)).tolist()]


def _draw(chosen: Sequence[WorkItem], pool: Sequence[Image], folder: Path) -> None:
    """What a reader who sees the truth hands in: the side that the plan names."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in chosen:
        image = pool[int(Path(item.source).name.partition(".")[0])]
        normal = item.label_type is LabelType.NORMAL
        side = image.roi - image.abnormal if normal else image.abnormal
        values: NDArray[np.uint8] = side.voxels * np.uint8(VALUE_OF[item.label_type])
        content = nifti_bytes(values, image.scan.geometry)
        (folder / f"{item.case}.nii.gz").write_bytes(content)


def _done(path: Path) -> list[Round]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [Round.model_validate(row) for row in csv.DictReader(file)]


def _add(path: Path, row: Round) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(Round.model_fields))
        if new:
            writer.writeheader()
        writer.writerow(row.model_dump())


def _show(rows: Sequence[Round], each: int) -> None:
    """Dice and share error after each round, by arm."""
    print("| images labelled | worklist: Dice, share error | random: Dice, share error |")
    print("|---|---|---|")
    scores = {
        (row.arm, row.number): f"{row.abnormal_dice:.3f}, {row.share_error:.3f}" for row in rows
    }
    for number in sorted({row.number for row in rows}):
        cells = [
            scores.get((arm if number else BEGIN, number), "") for arm in ("worklist", "random")
        ]
        print(f"| {each * (number + 1)} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
