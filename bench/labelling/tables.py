"""The tables of `docs/labelling.md`: what each rule costs, where it saves, and with which cuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise, product

import numpy as np
from bench.labelling.rules import (
    CORRECTED,
    COSTS,
    JUDGED,
    SIZES_ML,
    Record,
    Sides,
    better_constant,
    by_outline,
    by_share,
    by_thresholds,
    cheapest_sides,
    on_other_half,
    part,
    sides,
    total,
    try_all,
)

from eupnea.label.plan import SizeMeasure, Thresholds

EXTENTS = (0.0, 0.05, 0.2, 0.45, 0.75, 1.01)
"""Borders of the true share that is abnormal: one class for each extent that is laid in."""

MIXES = {
    "below 20%": (0.0, 0.2),
    "below 45%": (0.0, 0.45),
    "all of them": (0.0, 1.01),
    "from 5% on": (0.05, 1.01),
    "from 20% on": (0.2, 1.01),
    "from 45% on": (0.45, 1.01),
}
"""True shares, from which on and below which."""

DEFAULT = "size, number, share (default)"


def page(method: str, records: Sequence[Record]) -> Iterator[str]:
    """All tables of one way to find candidates."""
    chosen = _chosen(records)
    real = sum(record.kind != "phantom" for record in records)
    yield f"## {method}"
    yield f"{len(records)} images: {real} semi-synthetic, {len(records) - real} phantom."
    for table in (
        _costs(records, chosen),
        _with_prelabel(records, chosen),
        _by_extent(records, chosen[DEFAULT]),
        _by_mix(records, chosen[DEFAULT]),
        _by_kind(records, chosen[DEFAULT]),
        _by_size(records),
    ):
        yield ""
        yield from table
    yield ""


def _chosen(records: Sequence[Record]) -> dict[str, Sides]:
    """What each rule chooses, by its name in the tables."""
    return {
        "always normal": np.ones(len(records), bool),
        "always abnormal": np.zeros(len(records), bool),
        DEFAULT: sides(by_thresholds(Thresholds()), records),
        "the same, thresholds of the other half": on_other_half(records),
        "shorter outline": sides(by_outline, records),
        "smaller share": sides(by_share, records),
    }


def _costs(records: Sequence[Record], chosen: Mapping[str, Sides]) -> Iterator[str]:
    """One row per rule: each cost, and how far below the better constant."""
    yield f"| side drawn | {' | '.join(COSTS)} | images drawn normal |"
    yield "|---|" + "---|" * (len(COSTS) + 1)
    for name, own in chosen.items():
        cells = (_cell(own, records, cost) for cost in COSTS)
        yield f"| {name} | {' | '.join(cells)} | {np.count_nonzero(own)} |"
    cells = (_cell(cheapest_sides(records, cost), records, cost) for cost in COSTS)
    yield f"| cheapest possible | {' | '.join(cells)} | |"


def _with_prelabel(records: Sequence[Record], chosen: Mapping[str, Sides]) -> Iterator[str]:
    """What correcting the prelabel costs, against drawing from nothing."""
    yield f"| side drawn, from its prelabel | {' | '.join(JUDGED)} |"
    yield "|---|" + "---|" * len(JUDGED)
    for name in ("always normal", "always abnormal", DEFAULT):
        costs = [
            (total(chosen[name], records, CORRECTED[cost]), better_constant(records, cost))
            for cost in JUDGED
        ]
        cells = (f"{cost:,.0f} ({cost / constant - 1:+.0%})" for cost, constant in costs)
        yield f"| {name} | {' | '.join(cells)} |"


def _by_extent(records: Sequence[Record], default: Sides) -> Iterator[str]:
    """What either side costs, by how much of the lung is truly abnormal."""
    names = ("normal", "abnormal", "plan", "cheapest")
    heads = [f"{cost}: {name}" for cost in JUDGED for name in names]
    yield f"| truly abnormal | images | drawn normal | {' | '.join(heads)} |"
    yield "|---|" + "---|" * (len(heads) + 2)
    for low, high in pairwise(EXTENTS):
        inside = _between(records, low, high)
        own, plan = part(records, inside), default[inside]
        normal = np.ones(len(own), bool)
        cells = [
            f"{total(chosen, own, cost):,.0f}"
            for cost in JUDGED
            for chosen in (normal, ~normal, plan, cheapest_sides(own, cost))
        ]
        span = f"{low:.0%} to {min(high, 1.0):.0%}"
        yield f"| {span} | {len(own)} | {np.count_nonzero(plan)} | {' | '.join(cells)} |"


def _by_mix(records: Sequence[Record], default: Sides) -> Iterator[str]:
    """What the plan and the truth save on images of other extents."""
    heads = [f"{cost}: {name}" for cost in JUDGED for name in ("plan", "cheapest")]
    yield f"| truly abnormal | images | {' | '.join(heads)} |"
    yield "|---|" + "---|" * (len(heads) + 1)
    for name, (low, high) in MIXES.items():
        inside = _between(records, low, high)
        own = part(records, inside)
        cells = [
            f"{_change(chosen, own, cost):+.0%}"
            for cost in JUDGED
            for chosen in (default[inside], cheapest_sides(own, cost))
        ]
        yield f"| {name} | {len(own)} | {' | '.join(cells)} |"


def _by_kind(records: Sequence[Record], default: Sides) -> Iterator[str]:
    """What the plan costs, by family of disease."""
    yield f"| disease | images | drawn normal | {' | '.join(JUDGED)} |"
    yield "|---|---|---|" + "---|" * len(JUDGED)
    for kind, _ in groupby(sorted(record.kind for record in records)):
        inside = np.array([record.kind == kind for record in records])
        own = part(records, inside)
        cells = (_cell(default[inside], own, cost) for cost in JUDGED)
        yield f"| {kind} | {len(own)} | {np.count_nonzero(default[inside])} | {' | '.join(cells)} |"


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


def _between(records: Sequence[Record], low: float, high: float) -> Sides:
    return np.array([low <= record.extent < high for record in records])


def _cell(chosen: Sides, records: Sequence[Record], cost: str) -> str:
    return f"{total(chosen, records, cost):,.0f} ({_change(chosen, records, cost):+.0%})"


def _change(chosen: Sides, records: Sequence[Record], cost: str) -> float:
    """Against the better constant of the same images."""
    return total(chosen, records, cost) / better_constant(records, cost) - 1
