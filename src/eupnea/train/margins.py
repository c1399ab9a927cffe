"""Learns how far the interval of an abnormal volume must reach, from scans where it is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.errors import UsageError
from eupnea.mask import Mask
from eupnea.organ import Margins, Organ
from eupnea.segment import segment_scan
from eupnea.segment.interval import abnormal_doubt_ml, abnormal_interval_ml, reach_ml
from eupnea.train.cases import Case
from eupnea.train.disease import Family
from eupnea.train.evaluate import courses

HELD = 0.8
"""Share of scans whose true volume the interval is to hold; as many may lie above as below it."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a method said of a scan with synthetic disease, and what is true."""

    case: str
    disease: str
    roi_ml: float
    """Region of interest as found, places of unknown nature aside, as in all volumes here."""
    true_ml: float
    found_ml: float
    low_ml: float
    high_ml: float
    """The ends of what the method itself doubts."""

    def interval_ml(self, margins: Margins) -> tuple[float, float]:
        """The interval of these margins."""
        doubt_ml = self.low_ml, self.high_ml
        return abnormal_interval_ml(
            doubt_ml, margins, abnormal_ml=self.found_ml, roi_ml=self.roi_ml
        )

    def is_held(self, margins: Margins) -> bool:
        """Whether the true volume lies in that."""
        low, high = self.interval_ml(margins)
        return low <= self.true_ml <= high


def fit_margins(answers: Sequence[Answer], *, held: float = HELD) -> Margins:
    """The margins with which a share of intervals holds the true volume.

    Split conformal prediction, each end on its own (Romano, Patterson, Candes 2019, section 3):
    for a new scan of the same kind the share is at least that much, whatever is wrong with the
    method.

    Args:
        answers: Of scans that the method was not trained on.
        held: The share, 0 to 1.

    Raises:
        UsageError: With too few answers for that share; nine do for 0.8.

    Examples:
        >>> volumes = {"roi_ml": 100.0, "found_ml": 9.0, "low_ml": 8.0, "high_ml": 9.5}
        >>> tried = [
        ...     Answer(case="", disease="", true_ml=true, **volumes)
        ...     for true in (5.0, 6.0, 7.0, 8.0, 9.0, 9.0, 9.0, 10.0, 11.0)
        ... ]
        >>> fit_margins(tried)
        Margins(below=0.3, above=0.15)
    """
    reach = np.array([reach_ml(answer.found_ml, answer.roi_ml) for answer in answers])
    true, low, high = (
        np.array([getattr(answer, end) for answer in answers])
        for end in ("true_ml", "low_ml", "high_ml")
    )
    share = (1.0 + held) / 2.0
    return Margins(
        below=_quantile((low - true) / reach, share), above=_quantile((true - high) / reach, share)
    )


def _quantile(misses: NDArray[np.float64], share: float) -> float:
    """What a share of misses stays below, one more than those seen counted; no less than zero."""
    rank = math.ceil(share * (misses.size + 1))
    if rank > misses.size:
        raise UsageError(
            f"expected scans not trained on to learn the interval from, found {misses.size}"
        )
    return round(max(float(np.sort(misses)[rank - 1]), 0.0), 3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A scan with synthetic disease, and what a method found in it."""

    case: Case
    disease: str
    abnormal: NDArray[np.bool_]
    """Where the disease lies."""
    seen: ScanAnalysis
    certainty: NDArray[np.uint8]
    """That a voxel is normal, 0 to 255."""

    def answer(self) -> Answer:
        """What was said of it, places of unknown nature aside."""
        grid = self.case.scan.geometry
        unknown = Mask(voxels=self.case.unknown & ~self.abnormal, geometry=grid)
        roi, found = self.seen.roi.mask - unknown, self.seen.abnormal.mask - unknown
        low, high = abnormal_doubt_ml(self.certainty, roi, found)
        return Answer(
            case=self.case.name,
            disease=self.disease,
            roi_ml=roi.volume_ml,
            true_ml=float(np.count_nonzero(self.abnormal) * grid.voxel_volume_ml),
            found_ml=found.volume_ml,
            low_ml=low,
            high_ml=high,
        )


def trials(
    organ: Organ, cases: Iterable[Case], families: Sequence[Family], *, seed: int = 13
) -> Iterator[Trial]:
    """A method tried on lungs with each family of disease laid in, one at a time.

    None where the method gives no certainty.

    Args:
        organ: The method.
        cases: Lungs that it was not trained on.
        families: Of the disease.
        seed: Decides the disease.
    """
    for case in cases:
        for disease, scan, abnormal in courses(case, families, seed):
            if abnormal.any():
                seen = segment_scan(scan, organ)
                if seen.certainty is None:
                    return
                yield Trial(
                    case=case,
                    disease=disease,
                    abnormal=abnormal,
                    seen=seen,
                    certainty=seen.certainty,
                )
