"""The loop closed: plan, draw, collect, train, evaluate, against images in random order.

    python -m bench.labelling.loop --data ../shared/data --out runs/labelling/loop
        [--minutes 2] [--rounds 3] [--per-round 2] [--pool 12] [--judges 6]

Real lungs with disease laid in (semi-synthetic). A simulated reader draws the
true side, whichever the plan names. One arm takes images in the order of the
worklist, planned anew with each round's model; the other takes as many in
random order. Both train equally long, each round going on from the last.
Everything between is what a user runs: the functions behind `eupnea label
plan`, `label collect`, `train` and `export`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from bench.labelling.images import Image, semi_synthetic
from numpy.typing import NDArray

from eupnea.label.collecting import collect_labels
from eupnea.label.plan import LabelType
from eupnea.label.planning import plan_labels
from eupnea.label.values import VALUE_OF
from eupnea.label.worklist import WorkItem, Worklist
from eupnea.organ import Organ, RegionOfInterest
from eupnea.scan import Scan
from eupnea.segment import find_organ
from eupnea.segment.model import load
from eupnea.train.cases import Datalist
from eupnea.train.export import Facts, export
from eupnea.train.fit import TrainingConfig, fit
from eupnea.train.scores import dice
from eupnea.write.masks import nifti_bytes

JUDGES = ("normal002", "case007", "case008")
"""Patients that are kept for judging; no patient is in both sets."""

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
WIDTHS = (8, 16, 32, 48, 64)


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way to choose images, and what it has so far."""

    name: str
    folder: Path
    seed: int


@dataclass(frozen=True, kw_only=True)
class Round:
    """One line of the table."""

    arm: str
    number: int
    images: int
    abnormal_dice: float
    share_error: float
    """Mean distance of the found from the true abnormal share."""


def main() -> None:
    """Runs both arms and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-round", type=int, default=2)
    parser.add_argument("--pool", type=int, default=12, help="Images to label.")
    parser.add_argument("--judges", type=int, default=6, help="Images to judge by.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pool, judges = _images(options.data, options.pool, options.judges)
    sources = _write(pool, options.out / "sources")
    organ = _given_roi(find_organ(normal="density-baseline"), [*pool, *judges])
    config = TrainingConfig(
        minutes=options.minutes, seed=options.seed, batch=4, size=96, widths=WIDTHS
    )
    rows = [
        row
        for name in ("worklist", "random")
        for row in _run(
            Arm(name=name, folder=options.out / name, seed=options.seed),
            pool,
            judges,
            sources,
            organ,
            config,
            rounds=options.rounds,
            each=options.per_round,
        )
    ]
    _show(rows, options.out / "rounds.csv")


def _images(data: Path, most: int, judging: int) -> tuple[list[Image], list[Image]]:
    """The pool, and the images that judge."""
    pool, judges = list[Image](), list[Image]()
    for image in semi_synthetic(data):
        chosen, size = (judges, judging) if image.base in JUDGES else (pool, most)
        if len(chosen) < size:
            chosen.append(image)
        if (len(pool), len(judges)) == (most, judging):
            break
    return pool, judges


def _write(pool: Sequence[Image], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, image in enumerate(pool):
        path = folder / f"{number:02d}.nii.gz"
        hu: NDArray[Any] = image.scan.hu
        path.write_bytes(nifti_bytes(hu, image.scan.geometry))
        paths.append(path)
    return paths


def _given_roi(organ: Organ, images: Sequence[Image]) -> Organ:
    """The organ as it is known: what is learnt is its normal part."""
    known = {_key(image.scan): image.roi.voxels for image in images}

    def find_roi(scan: Scan) -> RegionOfInterest:
        mask = replace(images[0].roi, voxels=known[_key(scan)], geometry=scan.geometry)
        return RegionOfInterest(mask=mask)

    return replace(organ, find_roi=find_roi)


def _key(scan: Scan) -> int:
    return hash(np.ascontiguousarray(scan.hu).tobytes())


def _run(
    arm: Arm,
    pool: Sequence[Image],
    judges: Sequence[Image],
    sources: Sequence[Path],
    organ: Organ,
    config: TrainingConfig,
    *,
    rounds: int,
    each: int,
) -> Iterator[Round]:
    """All rounds of one arm."""
    shuffled = np.random.default_rng(arm.seed).permutation(len(pool)).tolist()
    labelled: set[str] = set()
    learn = arm.folder / "learning-set"
    for number in range(1, rounds + 1):
        plan = arm.folder / f"plan{number}"
        worklist = plan_labels(sources, plan, organ=organ)
        items = _order(worklist, shuffled) if arm.name == "random" else worklist.items
        chosen = [item for item in items if item.case not in labelled][:each]
        _draw(chosen, pool, plan / "drawn")
        found = collect_labels(plan, [plan / "drawn"], learn, reader="simulated", when=NOON)
        for problem in found.problems:
            print(f"{problem.file}: {problem.text}")
        labelled |= {item.case for item in chosen}
        model = _train(arm.folder, number, learn / "train.json", config)
        organ = _given_roi(load(model).organ(), [*pool, *judges])
        yield _judge(arm, number, len(labelled), organ, judges)


def _order(worklist: Worklist, shuffled: Sequence[int]) -> list[WorkItem]:
    """The same images in random order."""
    by_number = sorted(worklist.items, key=lambda item: item.case)
    return [by_number[n] for n in shuffled]


def _draw(chosen: Sequence[WorkItem], pool: Sequence[Image], folder: Path) -> None:
    """What a reader who sees the truth hands in: the side that the plan names."""
    folder.mkdir()
    for item in chosen:
        image = pool[int(Path(item.source).name.partition(".")[0])]
        normal = item.label_type is LabelType.NORMAL
        side = image.roi - image.abnormal if normal else image.abnormal
        values: NDArray[np.uint8] = side.voxels * np.uint8(VALUE_OF[item.label_type])
        content = nifti_bytes(values, image.scan.geometry)
        (folder / f"{item.case}.nii.gz").write_bytes(content)


def _train(folder: Path, number: int, data: Path, config: TrainingConfig) -> Path:
    """A model of all labels so far, that goes on from the round before."""
    run, before = folder / f"run{number}", folder / f"run{number - 1}" / "checkpoint.npz"
    fit(
        Datalist.read(data).load(),
        run,
        config,
        warm_start=before if before.exists() else None,
    )
    model = folder / f"model{number}"
    export(run, data, model, Facts(name="loop", version=str(number)))
    return model


def _judge(arm: Arm, number: int, images: int, organ: Organ, judges: Sequence[Image]) -> Round:
    overlaps, errors = [], []
    for image in judges:
        normal = organ.find_normal(image.scan, image.roi).mask
        found = image.roi - normal
        overlaps.append(dice(found.voxels, image.abnormal.voxels))
        errors.append(abs(found.voxel_count - image.abnormal.voxel_count) / image.roi.voxel_count)
    row = Round(
        arm=arm.name,
        number=number,
        images=images,
        abnormal_dice=round(float(np.mean(overlaps)), 3),
        share_error=round(float(np.mean(errors)), 3),
    )
    print(row, flush=True)
    return row


def _show(rows: Sequence[Round], path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Round.__dataclass_fields__)
        writer.writerows(vars(row).values() for row in rows)
    print("| images labelled | worklist: Dice, share error | random: Dice, share error |")
    print("|---|---|---|")
    arms: Mapping[str, list[Round]] = {
        name: [row for row in rows if row.arm == name] for name in ("worklist", "random")
    }
    for one, other in zip(arms["worklist"], arms["random"], strict=True):
        cells = (f"{row.abnormal_dice:.3f}, {row.share_error:.3f}" for row in (one, other))
        print(f"| {one.images} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
