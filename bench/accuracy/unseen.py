"""Disease that a model never saw, in lungs that it never saw: normal against lesion network.

    python -m bench.accuracy.unseen --data bench/accuracy/lung.json --out DIR
        --normal runs/fold1/model --lesion runs/lesion1/model

Both models must have been trained with the same scans held out, as their cards
say. Lays each family that neither of them saw into each healthy lung held out
and into one more, and writes `unseen.csv`. Without `--lesion`, each family that
the normal network never saw. With `--given-roi` the true lungs are given, as by a
reader (`eupnea analyze --roi`): what is normal in them is judged alone.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from eupnea.organ import Organ, RegionOfInterest
from eupnea.segment import find_organ
from eupnea.segment.model import Model, load
from eupnea.segment.model_organ import organ_of
from eupnea.train.cases import Case, Datalist, Health, load_case
from eupnea.train.disease.families import FAMILIES, NAMELESS, Family
from eupnea.train.evaluate import Row, evaluate

ALSO = "case002"
"""A lung that no fold is trained on, for each fold to share."""


def main() -> None:
    """Measures both networks and the density baseline on what neither network saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--normal", type=Path, required=True)
    parser.add_argument("--lesion", type=Path)
    parser.add_argument("--given-roi", action="store_true")
    chosen = parser.parse_args()
    models = {"normal network": load(chosen.normal)}
    if chosen.lesion is not None:
        models["lesion network"] = load(chosen.lesion)
    families = families_unseen(list(models.values()))
    cases = list(_lungs(chosen.data, _held_out(models["normal network"])))
    organs = {name: organ_of(model) for name, model in models.items()}
    organs["density baseline"] = find_organ(normal="density-baseline")
    rows = {
        name: _rows(organ, cases, chosen.out / name, families, given_roi=chosen.given_roi)
        for name, organ in organs.items()
    }
    _write(chosen.out / "unseen.csv", rows)


def families_unseen(models: Sequence[Model]) -> list[Family]:
    """The named families that no model saw.

    Raises:
        ValueError: If the models were trained on different scans.
    """
    if any(_held_out(model) != _held_out(models[0]) for model in models):
        raise ValueError("expected models trained on the same scans")
    left_out = [_listed(model, "families_left_out") for model in models]
    return [FAMILIES[name] for name in sorted(set.intersection(*left_out) - set(NAMELESS))]


def _held_out(model: Model) -> set[str]:
    return _listed(model, "scans_held_out")


def _listed(model: Model, fact: str) -> set[str]:
    """Names that a card lists; none if it does not."""
    names = model.card.training.get(fact, [])
    return set(names) if isinstance(names, list) else set()


def _lungs(data: Path, held_out: Collection[str]) -> Iterator[Case]:
    datalist = Datalist.read(data)
    for entry in datalist.cases:
        if entry.name in held_out and (entry.health is Health.ALL or entry.name == ALSO):
            yield load_case(datalist.root, entry)


def _rows(
    organ: Organ,
    cases: Sequence[Case],
    folder: Path,
    families: Sequence[Family],
    *,
    given_roi: bool,
) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for case in cases:
        judged = _knowing(organ, case) if given_roi else organ
        rows = evaluate(judged, [case], folder / case.name, families=families)
        found |= {(row.case, row.disease): row for row in rows}
    return found


def _knowing(organ: Organ, case: Case) -> Organ:
    """The organ whose region of interest is the true lungs of a case."""
    return replace(organ, find_roi=lambda _: RegionOfInterest(mask=case.roi))


def _write(path: Path, rows: Mapping[str, Mapping[tuple[str, str], Row]]) -> None:
    """One line per lung and disease; for the healthy lung the abnormal share instead of Dice."""
    methods = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lung", "disease", *methods])
        for lung, disease in rows[methods[0]]:
            found = [rows[method][lung, disease] for method in methods]
            figures = [r.abnormal_share if disease == "healthy" else r.abnormal_dice for r in found]
            writer.writerow([lung, disease, *figures])


if __name__ == "__main__":
    main()
