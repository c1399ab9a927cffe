"""Figures of merit against slow, obvious ones."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.train.calibrate import fit_calibration, growth
from eupnea.train.scores import area_under_curve, dice, expected_calibration_error


def test_area_under_curve_counts_pairs() -> None:
    """The area is the share of pairs in order, ties counting half."""
    rng = np.random.default_rng(0)
    score, mark = rng.integers(0, 6, 60), rng.random(60) < 0.4
    pairs = [(p > n) + 0.5 * (p == n) for p in score[mark] for n in score[~mark]]
    assert area_under_curve(score, mark) == pytest.approx(np.mean(pairs))
    with pytest.raises(ValueError, match="positives and negatives"):
        area_under_curve([1, 2], [True, True])


def test_dice_of_nothing_with_nothing_is_one() -> None:
    """Two empty masks agree."""
    empty = np.zeros(4, bool)
    assert dice(empty, empty) == 1.0
    assert dice(empty, ~empty) == 0.0


def test_calibration_finds_how_sure_one_may_be() -> None:
    """Overconfident answers are softened until certainty is frequency."""
    rng = np.random.default_rng(1)
    logit = rng.normal(0, 1.0, 20000)
    true = rng.random(20000) < 1 / (1 + np.exp(-logit))
    boast = 1 / (1 + np.exp(-3.0 * logit))
    found = fit_calibration(boast, true)
    assert found.slope == pytest.approx(1 / 3, abs=0.04)
    assert found.shift == pytest.approx(0, abs=0.06)
    honest = 1 / (1 + np.exp(-(found.slope * np.log(boast / (1 - boast)) + found.shift)))
    assert expected_calibration_error(honest, true) < expected_calibration_error(boast, true) / 3


def test_a_cut_grows_where_less_inflated_lungs_ask_for_more() -> None:
    """On a line whose slope is that of the lungs, whatever the noise's level; else not at all."""
    rng = np.random.default_rng(2)
    modes = rng.uniform(-900.0, -720.0, 40)
    asked = -3.0 + 0.02 * (modes + 850.0) + rng.normal(0.0, 0.3, 40)
    assert growth(list(modes), list(asked)) == pytest.approx(0.02, abs=0.003)
    assert growth(list(modes / 10.0), list(asked)) == 0.0
