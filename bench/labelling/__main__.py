"""What the plan saves against always drawing one side, and which thresholds save most.

    python -m bench.labelling --data ../shared/data --costs runs/labelling/costs.jsonl
        [--normal METHOD] [--out TABLE.md]

Measures the images that have no line in `--costs` yet, then prints the tables
of `docs/labelling.md`. Disease in real lungs is laid in: semi-synthetic.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from pathlib import Path

import numpy as np
from bench.labelling.measure import measure_all
from bench.labelling.rules import (
    COSTS,
    SIZES_ML,
    Record,
    Sides,
    better_constant,
    by_outline,
    by_share,
    by_thresholds,
    cheapest_sides,
    on_other_patients,
    read_records,
    sides,
    total,
    try_all,
)

from eupnea.label.plan import SizeMeasure, Thresholds
from eupnea.segment import find_organ

EXTENTS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 1.01)
"""Borders of the true share that is abnormal, for the second table."""


def main() -> None:
    """Measures what is missing, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--costs", type=Path, required=True)
    parser.add_argument("--normal", default="density-baseline")
    parser.add_argument("--only", choices=("none", "phantom", "real"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.only != "none":
        measure_all(
            options.data, options.costs, find_organ(normal=options.normal), only=options.only
        )
    page = "\n".join(_page(read_records(options.costs)))
    print(page)
    if options.out is not None:
        options.out.write_text(page + "\n", encoding="utf-8")


def _page(records: Sequence[Record]) -> Iterator[str]:
    chosen = _chosen(records)
    real = sum(record.kind != "phantom" for record in records)
    yield f"{len(records)} images: {real} semi-synthetic, {len(records) - real} phantom."
    yield ""
    yield from _costs(records, chosen)
    yield ""
    yield from _by_extent(records, chosen)
    yield ""
    yield from _by_kind(records, chosen)
    yield ""
    yield from _by_size(records)


def _by_size(records: Sequence[Record]) -> Iterator[str]:
    """The cheapest thresholds of each size, and how little number and share change."""
    tried = try_all(records)
    yield "| size | number, share | mean cost | with any other number, share |"
    yield "|---|---|---|---|"
    for measure, size_ml in product(SizeMeasure, SIZES_ML):
        own = [t for t in tried if (t.cuts.measure, t.cuts.size_ml) == (measure, size_ml)]
        best = own[0]
        yield (
            f"| {measure} from {size_ml:g} ml | {best.cuts.count} or more, "
            f"{best.cuts.fraction:.0%} or more | {best.relative:.3f} | to {own[-1].relative:.3f} |"
        )


def _chosen(records: Sequence[Record]) -> dict[str, Sides]:
    """What each rule chooses, by its name in the tables."""
    return {
        "always normal": np.ones(len(records), bool),
        "always abnormal": np.zeros(len(records), bool),
        "size, number, share (default)": sides(by_thresholds(Thresholds()), records),
        "the same, thresholds of other patients": on_other_patients(records),
        "shorter outline": sides(by_outline, records),
        "smaller share": sides(by_share, records),
    }


def _costs(records: Sequence[Record], chosen: Mapping[str, Sides]) -> Iterator[str]:
    """One row per rule: each cost, and how far below the better constant."""
    yield f"| side drawn | {' | '.join(COSTS)} | images drawn normal |"
    yield "|---|" + "---|" * (len(COSTS) + 1)
    for name, own in chosen.items():
        cells = (_cell(total(own, records, cost), records, cost) for cost in COSTS)
        yield f"| {name} | {' | '.join(cells)} | {np.count_nonzero(own)} |"
    cells = (
        _cell(total(cheapest_sides(records, cost), records, cost), records, cost) for cost in COSTS
    )
    yield f"| cheapest possible | {' | '.join(cells)} | |"


def _by_extent(records: Sequence[Record], chosen: Mapping[str, Sides]) -> Iterator[str]:
    """Where the plan saves: by how much of the lung is truly abnormal."""
    default = chosen["size, number, share (default)"]
    yield "| truly abnormal | images | drawn normal | outlines, cm2 | voxels, ml |"
    yield "|---|---|---|---|---|"
    places = np.digitize([record.extent for record in records], EXTENTS)
    for place in sorted(set(places.tolist())):
        inside = places == place
        span = f"{EXTENTS[place - 1]:.0%} to {min(EXTENTS[place], 1.0):.0%}"
        yield f"| {span} | {_row(records, default, inside)} |"


def _by_kind(records: Sequence[Record], chosen: Mapping[str, Sides]) -> Iterator[str]:
    """The same by family of disease."""
    default = chosen["size, number, share (default)"]
    yield "| disease | images | drawn normal | outlines, cm2 | voxels, ml |"
    yield "|---|---|---|---|---|"
    kinds = sorted(record.kind for record in records)
    for kind, _ in groupby(kinds):
        inside = np.array([record.kind == kind for record in records])
        yield f"| {kind} | {_row(records, default, inside)} |"


def _row(records: Sequence[Record], default: Sides, inside: Sides) -> str:
    own = [record for record, is_in in zip(records, inside, strict=True) if is_in]
    cells = (
        _cell(total(default[inside], own, cost), own, cost)
        for cost in ("outlines, cm2", "voxels, ml")
    )
    return f"{len(own)} | {np.count_nonzero(default[inside])} | {' | '.join(cells)}"


def _cell(value: float, records: Sequence[Record], cost: str) -> str:
    change = value / better_constant(records, cost) - 1
    return f"{value:,.0f} ({change:+.0%})"


if __name__ == "__main__":
    main()
