"""Fits how sure the network may be, and sets where it calls lung abnormal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.stats import linregress

from eupnea.scan import Scan
from eupnea.segment.card import Calibration
from eupnea.segment.model import EVEN_ODDS, Model
from eupnea.segment.model_organ import predict_in
from eupnea.segment.overview import Overview
from eupnea.segment.usual_breath import USUAL_HU
from eupnea.train.cases import Case
from eupnea.train.disease import Family
from eupnea.train.disease.lay import Ground
from eupnea.train.diseased import diseased

VOXELS_PER_SCAN = 40_000

FARTHEST_SHIFT = 12.0
"""Beyond it even the surest answers turn."""

FEWEST_LUNGS, LEAST_SPREAD_HU = 3, 50.0
"""What it takes to tell how a cut changes with inflation."""

LESIONS_PER_SCAN = 8
"""Of families drawn at random, laid into each lung; the lung counts healthy as well."""


def calibrate(
    model: Model,
    cases: Sequence[Case],
    families: Sequence[Family],
    *,
    seed: int = 11,
) -> Calibration:
    """How sure a model may be, from healthy lungs.

    Each lung counts twice: as it is, and with synthetic disease laid in.

    Args:
        model: What to calibrate; its own calibration is not looked at.
        cases: Healthy lungs.
        families: Of the disease to lay in.
        seed: Decides the disease and the voxels.
    """
    rng = np.random.default_rng(seed)
    drawn = [
        _answers(model, case, scan, abnormal, rng)
        for case in cases
        for scan, abnormal in _courses(case, families, rng)
    ]
    shares, normal = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    return fit_calibration(shares, normal)


def set_cut(
    model: Model, calibration: Calibration, cases: Sequence[Case], *, false_share: float
) -> Calibration:
    """Moves even odds to where a stated share of known normal lung is called abnormal.

    The most sensitive cut that a false alarm rate allows (Neyman and Pearson
    1933), at each lung's own inflation: the cuts that single lungs ask for are laid on a
    line over their most frequent density. Disease has no say in it, so it holds for any.

    Args:
        model: What to cut; its own calibration is not looked at.
        calibration: Its slope is kept.
        cases: Lungs whose known part is normal.
        false_share: Mean share of their known lung that may be abnormal.

    Returns:
        The calibration with another shift, to one decimal.
    """
    shares, modes_hu = zip(*(_shares(model, case) for case in cases), strict=True)
    seen = [np.sort(calibration.slope * _logit(normal)) for normal in shares]
    asked = [-float(np.quantile(logits, false_share)) for logits in seen]
    per_hu = growth(modes_hu, asked)
    grown = [per_hu * (mode - USUAL_HU) for mode in modes_hu]

    def excess(shift: float) -> float:
        below = [
            np.searchsorted(logits, -shift - more) / logits.size
            for logits, more in zip(seen, grown, strict=True)
        ]
        return float(np.mean(below)) - false_share

    shift = brentq(excess, -FARTHEST_SHIFT, FARTHEST_SHIFT)
    return Calibration(
        slope=calibration.slope,
        shift=round(float(shift), 1),
        shift_per_hu=per_hu,
        modes_hu=(round(min(modes_hu)), round(max(modes_hu))) if per_hu else (USUAL_HU, USUAL_HU),
    )


def growth(modes_hu: Sequence[float], asked: Sequence[float]) -> float:
    """How much the shifts that lungs ask for grow with each HU of their most frequent density.

    By least squares; none where the lungs are inflated alike, or fewer than `FEWEST_LUNGS`.

    Examples:
        >>> growth([-890.0, -850.0, -750.0], [-4.0, -3.0, 1.0])
        0.0365
        >>> growth([-890.0, -750.0], [-4.0, 1.0])
        0.0
    """
    if len(modes_hu) < FEWEST_LUNGS or np.ptp(modes_hu) < LEAST_SPREAD_HU:
        return 0.0
    return round(float(linregress(modes_hu, asked).slope), 4)


def _shares(model: Model, case: Case) -> tuple[NDArray[np.float64], float]:
    """Shares of normal, given lung, of every known voxel of a lung; its most frequent density."""
    overview = Overview.of(model, case.scan)
    seen = predict_in(model, case.scan, case.roi, overview=overview)
    known = case.lung & ~case.unknown & (seen.roi >= EVEN_ODDS)
    shares = seen.normal[known] / seen.roi[known].astype(np.float64)
    return np.asarray(shares), overview.mode_hu_in(case.roi)


def _courses(
    case: Case, families: Sequence[Family], rng: Generator
) -> Iterator[tuple[Scan, NDArray[np.bool_]]]:
    """The scan as it is, and with disease."""
    yield case.scan, np.zeros_like(case.lung)
    ground = Ground.of(case.hu, case.lung, case.spacing_mm, rng)
    chosen = [families[n] for n in rng.integers(len(families), size=LESIONS_PER_SCAN)]
    yield diseased(case, ground, chosen, rng)


def _answers(
    model: Model, case: Case, scan: Scan, abnormal: NDArray[np.bool_], rng: Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Shares of normal, given lung, and the truth, at some known voxels of the lung."""
    seen = predict_in(model, scan, case.roi)
    known = case.lung & (abnormal | ~case.unknown) & (seen.roi >= EVEN_ODDS)
    flat = np.flatnonzero(known)
    chosen = rng.choice(flat, min(VOXELS_PER_SCAN, flat.size), replace=False)
    shares = seen.normal.flat[chosen] / np.maximum(seen.roi.flat[chosen].astype(np.float64), 1.0)
    return np.asarray(shares, np.float64), ~abnormal.flat[chosen]


def fit_calibration(shares: NDArray[np.float64], normal: NDArray[np.bool_]) -> Calibration:
    """Slope and shift on the logit that make certainty match frequency (Platt 1999).

    Args:
        shares: Uncalibrated certainty of normal, 0 to 1, one per voxel.
        normal: Whether each voxel was normal.
    """
    logit = _logit(shares)
    target = normal.astype(np.float64)

    def cost(values: NDArray[np.float64]) -> float:
        raised = np.exp(values[0]) * logit + values[1]
        return float(np.mean(np.logaddexp(0.0, raised) - target * raised))

    found = minimize(cost, np.zeros(2), method="Nelder-Mead").x
    return Calibration(slope=round(float(np.exp(found[0])), 3), shift=round(float(found[1]), 3))


def _logit(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(shares, 0.002, 0.998)
    return np.asarray(np.log(share / (1 - share)))
