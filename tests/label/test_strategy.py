"""The labelling strategy: four branches, and borders that belong to the larger side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eupnea.label.plan import LabelType, Reason, SizeMeasure, Strategy, Thresholds
from eupnea.label.strategy import plan_label

CUTS = Thresholds(size_ml=100.0, count=3, fraction=0.05)


@pytest.mark.parametrize(
    ("volumes", "reason", "side"),
    [
        ([100.0], Reason.LARGE, LabelType.NORMAL),
        ([99.9], Reason.SMALL_AND_FEW, LabelType.ABNORMAL),
        ([], Reason.SMALL_AND_FEW, LabelType.ABNORMAL),
        ([20.0, 15.0, 15.0], Reason.MANY_AND_SPREAD, LabelType.NORMAL),
        ([20.0, 15.0, 14.9], Reason.MANY_BUT_SLIGHT, LabelType.ABNORMAL),
        ([20.0, 30.0], Reason.SMALL_AND_FEW, LabelType.ABNORMAL),
    ],
)
def test_each_branch_is_reached(volumes: list[float], reason: Reason, side: LabelType) -> None:
    """Large, many and spread, many but slight, small and few."""
    plan = plan_label(volumes, 1000.0, CUTS)
    assert (plan.reason, plan.label_type) == (reason, side)


def test_size_can_mean_the_total() -> None:
    """Two regions of 60 ml are large together, not alone."""
    total = Thresholds(size_ml=100.0, count=3, fraction=0.05, measure=SizeMeasure.TOTAL)
    assert plan_label([60.0, 60.0], 1000.0, CUTS).reason is Reason.SMALL_AND_FEW
    assert plan_label([60.0, 60.0], 1000.0, total).reason is Reason.LARGE


@pytest.mark.parametrize(
    ("volumes", "reason", "side"),
    [
        ([500.0], Reason.HALF, LabelType.NORMAL),
        ([100.0] * 5, Reason.HALF, LabelType.NORMAL),
        ([499.0], Reason.LESS, LabelType.ABNORMAL),
        ([], Reason.LESS, LabelType.ABNORMAL),
    ],
)
def test_by_share_the_smaller_side_is_drawn(
    volumes: list[float], reason: Reason, side: LabelType
) -> None:
    """Half of the organ decides, whatever the thresholds say."""
    plan = plan_label(volumes, 1000.0, CUTS, strategy=Strategy.SHARE)
    assert (plan.reason, plan.label_type) == (reason, side)
    assert str(reason) in plan.sentence


@settings(deadline=None)
@given(st.lists(st.floats(0.03, 500), max_size=20), st.floats(500, 8000))
def test_more_disease_never_turns_normal_into_abnormal(volumes: list[float], organ: float) -> None:
    """Once the normal side is the cheaper one, a further region keeps it so."""
    before = plan_label(volumes, organ, CUTS)
    after = plan_label([*volumes, 1.0], organ, CUTS)
    assert not (before.label_type is LabelType.NORMAL and after.label_type is LabelType.ABNORMAL)
