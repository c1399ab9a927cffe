"""Rules that choose a side, what they cost, and the cheapest thresholds of the specified one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from bench.labelling.cost import Cost
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from eupnea.label.plan import LabelType, SizeMeasure, Strategy, Thresholds
from eupnea.label.strategy import plan_label

SIZES_ML = (50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0, 1200.0, 1400.0, 1600.0, 2000.0, 2400.0)
COUNTS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50)
SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)

Sides = NDArray[np.bool_]
"""Whether the normal side of each image is drawn."""


class CandidateOutlines(BaseModel):
    """Of the candidates of both sides."""

    normal: float
    abnormal: float


class Record(BaseModel):
    """A line that `measure` wrote."""

    model_config = ConfigDict(frozen=True)

    name: str
    method: str
    """What found the candidates."""
    kind: str
    base: str
    organ_ml: float
    abnormal_ml: float
    candidates_ml: tuple[float, ...]
    candidate_cm2: CandidateOutlines
    normal: Cost
    abnormal: Cost

    @property
    def extent(self) -> float:
        """Share of the organ that is truly abnormal."""
        return self.abnormal_ml / self.organ_ml


Rule = Callable[[Record], LabelType]

COSTS: dict[str, Callable[[Cost], float]] = {
    "outlines, cm2": lambda cost: cost.outline_cm2,
    "voxels, ml": lambda cost: cost.paint_ml,
    "outlines corrected, cm2": lambda cost: min(cost.redraw_cm2, cost.outline_cm2),
    "voxels corrected, ml": lambda cost: min(cost.correct_ml, cost.paint_ml),
    "islands removed": lambda cost: cost.clicks,
}
"""From nothing; and from the prelabel, or from nothing where that is less."""

CORRECTED = {"outlines, cm2": "outlines corrected, cm2", "voxels, ml": "voxels corrected, ml"}
"""What each cost from nothing becomes with the prelabel."""

JUDGED = ("outlines, cm2", "voxels, ml")
"""What thresholds are chosen by; corrections cost nearly alike on either side."""


def read_records(path: Path, method: str) -> list[Record]:
    """The lines of one method in a file that `measure` wrote."""
    records = [Record.model_validate_json(line) for line in path.read_text().splitlines()]
    return [record for record in records if record.method == method]


def by_thresholds(cuts: Thresholds) -> Rule:
    """The specified rule: by size, number and share of the candidates."""
    return lambda record: plan_label(record.candidates_ml, record.organ_ml, cuts).label_type


def by_outline(record: Record) -> LabelType:
    """The side whose candidates have the shorter outline."""
    shorter = record.candidate_cm2.normal < record.candidate_cm2.abnormal
    return LabelType.NORMAL if shorter else LabelType.ABNORMAL


def by_share(record: Record) -> LabelType:
    """The second strategy: the side that takes less of the organ."""
    plan = plan_label(record.candidates_ml, record.organ_ml, strategy=Strategy.SHARE)
    return plan.label_type


def sides(rule: Rule, records: Sequence[Record]) -> Sides:
    """What a rule chooses."""
    return np.array([rule(record) is LabelType.NORMAL for record in records])


def total(chosen: Sides, records: Sequence[Record], cost: str) -> float:
    """What drawing the chosen sides costs."""
    of = COSTS[cost]
    pairs = zip(chosen, records, strict=True)
    return float(sum(of(record.normal if normal else record.abnormal) for normal, record in pairs))


def better_constant(records: Sequence[Record], cost: str) -> float:
    """What always drawing one side costs, the cheaper of both."""
    everything = np.ones(len(records), bool)
    return min(total(everything, records, cost), total(~everything, records, cost))


def cheapest_sides(records: Sequence[Record], cost: str) -> Sides:
    """The cheaper side of each image, as only the truth can tell."""
    of = COSTS[cost]
    return np.array([of(record.normal) < of(record.abnormal) for record in records])


def relative(chosen: Sides, records: Sequence[Record]) -> float:
    """Cost against the better constant, the mean of all that is judged by."""
    return float(
        np.mean([total(chosen, records, cost) / better_constant(records, cost) for cost in JUDGED])
    )


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Thresholds, and what they cost."""

    cuts: Thresholds
    relative: float


def try_all(records: Sequence[Record]) -> list[Tried]:
    """Every combination of thresholds, cheapest first; among equals the earlier."""
    tried = [
        Tried(cuts=cuts, relative=relative(sides(by_thresholds(cuts), records), records))
        for cuts in _grid()
    ]
    return sorted(tried, key=lambda one: one.relative)


def on_other_half(records: Sequence[Record]) -> Sides:
    """What the rule chooses with the cheapest thresholds of the other half of the patients."""
    bases = sorted({record.base for record in records})
    half = np.array([bases.index(record.base) % 2 == 0 for record in records])
    chosen = np.zeros(len(records), bool)
    for own in (half, ~half):
        cuts = try_all(part(records, ~own))[0].cuts
        chosen[own] = sides(by_thresholds(cuts), part(records, own))
    return chosen


def part(records: Sequence[Record], inside: Sides) -> list[Record]:
    """The records at which `inside` is set."""
    return [record for record, is_in in zip(records, inside, strict=True) if is_in]


def _grid() -> Iterator[Thresholds]:
    for measure, size, count, share in product(SizeMeasure, SIZES_ML, COUNTS, SHARES):
        yield Thresholds(size_ml=size, count=count, fraction=share, measure=measure)
