"""Whether the comparison tells what became of each region.

    python -m bench.events --data ../shared/data --work DIR [--pairs 200] [--fine]

Phantom lungs and real ones (semi-synthetic) get regions whose history is known,
are deformed by up to 20 mm, breathe, and are scanned with new noise; one pair
in five is a repeat scan. Regions are given, with an error of 0.5 mm in their
outlines, so that the comparison alone is measured. Without `--fine` the
alignment stops at 4 mm, which is quicker and less accurate. Each pair is
written down once measured: a run that was broken off goes on where it stopped,
and other settings need another folder.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from bench.events.lungs import Lungs, all_lungs, load
from bench.events.pair import make_history
from bench.events.score import Score

from eupnea.analysis import EventKind
from eupnea.compare import CompareSettings, compare_timeline
from eupnea.compare.align import AlignSettings
from eupnea.compare.deform import DeformSettings, Level

QUICK = AlignSettings(
    spacing_mm=4.0,
    deform=DeformSettings(
        levels=(Level(shrink=2, steps=60, radius=2), Level(shrink=1, steps=60, radius=2))
    ),
)


def main() -> None:
    """Measures the pairs that are not yet known, prints the score, and writes `events.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="seed of the first pair")
    parser.add_argument("--outline", type=float, default=0.5, help="error of outlines, mm")
    parser.add_argument("--fine", action="store_true", help="align to 2 mm, as users do")
    chosen = parser.parse_args()
    names = all_lungs(chosen.data, chosen.work / "lungs")
    known = chosen.work / "pairs.jsonl"
    scores = _read(known)
    wanted = range(chosen.first, chosen.first + chosen.pairs)
    for number in wanted:
        if number not in scores:
            lungs = load(chosen.work / "lungs", names[number % len(names)])
            scores[number] = measure(lungs, number, chosen.outline, fine=chosen.fine)
            record = {"pair": number, "score": vars(scores[number])}
            with known.open("a") as file:
                file.write(json.dumps(record) + "\n")
    total = Score()
    for number in wanted:
        total.join(scores[number])
    figures = summary(total, chosen.pairs)
    (chosen.work / "events.json").write_text(json.dumps(figures, indent=1))
    print("\n".join(total.faults))
    for name, value in figures.items():
        print(f"{name:32s} {value:9.4f}")


def measure(lungs: Lungs, number: int, outline_mm: float, *, fine: bool) -> Score:
    """The score of one pair, whose number is its seed."""
    settings = CompareSettings(align=AlignSettings() if fine else QUICK)
    history = make_history(lungs, number, repeat=number % 5 == 0, outline_mm=outline_mm)
    pair = (history.before.analysis, history.after.analysis)
    scans, changes = compare_timeline(pair, settings=settings)
    score = Score()
    score.add(history, scans, changes[0])
    score.faults = [f"pair {number}, {fault}" for fault in score.faults]
    return score


def _read(known: Path) -> dict[int, Score]:
    lines = known.read_text().splitlines() if known.is_file() else []
    records = map(json.loads, lines)
    return {record["pair"]: Score.of(record["score"]) for record in records}


def summary(score: Score, pairs: int) -> dict[str, float]:
    """All figures by name."""
    errors = np.array(score.volume_errors or [np.nan])
    return {
        "pairs": pairs,
        "events": score.true.total(),
        "F1": score.f1(),
        **{f"F1 {kind}": score.f1(kind) for kind in EventKind},
        "identity kept": score.identities_kept / max(score.identities, 1),
        "names given twice": score.names_stolen,
        "repeat stable": score.repeated_stable / max(score.repeated, 1),
        "repeat regions": score.repeated,
        "volume change error, mean": float(errors.mean()),
        "volume change error, p95": float(np.percentile(errors, 95)),
    }


if __name__ == "__main__":
    main()
