"""What an interval must reach is learnt from scans whose abnormal volume is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eupnea.errors import UsageError
from eupnea.organ import Margins
from eupnea.train.cases import Case
from eupnea.train.disease import FAMILIES
from eupnea.train.margins import Answer, fit_margins, trials
from support.sick import thin_is_normal

LUNG_ML = 3000.0


def _answers(rng: np.random.Generator, count: int) -> list[Answer]:
    """Of a method that is off by far more than it doubts."""
    true = rng.lognormal(4.0, 1.0, count)
    found = np.clip(true * rng.normal(1.1, 0.4, count) + rng.exponential(30.0, count), 0.0, None)
    return [
        Answer(case="made", disease="", roi_ml=LUNG_ML, true_ml=t, found_ml=f, low_ml=f, high_ml=f)
        for t, f in zip(true, found, strict=True)
    ]


@pytest.mark.parametrize("held", [0.8, 0.9])
def test_new_scans_are_held_as_often_as_wanted(held: float) -> None:
    """The law of split conformal prediction: on average of many draws, at least that share."""
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(200):
        margins = fit_margins(_answers(rng, 40), held=held)
        shares.append(np.mean([answer.is_held(margins) for answer in _answers(rng, 40)]))
    assert held <= np.mean(shares) + 0.01
    assert np.mean(shares) <= held + 0.07


def test_a_method_that_is_right_needs_no_margins() -> None:
    """Nor is its doubt made narrower."""
    right = [replace(a, found_ml=a.true_ml, low_ml=0.0, high_ml=LUNG_ML) for a in _some()]
    assert fit_margins(right) == Margins(below=0.0, above=0.0)


def test_too_few_scans_teach_no_margins() -> None:
    """Of eight scans none is the one that nine of ten stay below."""
    with pytest.raises(UsageError, match="found 8"):
        fit_margins(_some()[:8])
    assert fit_margins(_some()[:9]).below > 0.0


def _some() -> list[Answer]:
    return _answers(np.random.default_rng(5), 20)


def test_answers_are_counted_without_what_is_unknown(case: Case) -> None:
    """One of each family; what a method that takes dense lung for abnormal says of them."""
    chosen = [FAMILIES[name] for name in ("consolidation", "effusion")]
    answers = [trial.answer() for trial in trials(thin_is_normal(), [case], chosen)]
    assert [answer.disease for answer in answers] == ["consolidation", "effusion"]
    voxel_ml = case.scan.geometry.voxel_volume_ml
    known_ml = np.count_nonzero(case.lung & ~case.unknown) * voxel_ml
    for answer in answers:
        assert answer.true_ml > 0.0
        assert answer.low_ml <= answer.found_ml <= answer.high_ml <= answer.roi_ml
        assert answer.roi_ml <= known_ml + answer.true_ml
