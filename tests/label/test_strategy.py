"""The labelling strategy: four branches, and borders that belong to the larger side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.label.outline import outline_cm2
from eupnea.label.plan import LabelType, Outlines, Reason, SizeMeasure, Thresholds
from eupnea.label.strategy import plan_label
from eupnea.mask import Mask

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
    ("normal", "abnormal", "reason", "side"),
    [
        (10.0, 11.0, Reason.NORMAL_SHORTER, LabelType.NORMAL),
        (11.0, 10.0, Reason.ABNORMAL_SHORTER, LabelType.ABNORMAL),
        (10.0, 10.0, Reason.ABNORMAL_SHORTER, LabelType.ABNORMAL),
    ],
)
def test_outlines_decide_where_they_are_given(
    normal: float, abnormal: float, reason: Reason, side: LabelType
) -> None:
    """The shorter one, whatever the thresholds say."""
    outlines = Outlines(normal_cm2=normal, abnormal_cm2=abnormal)
    for volumes in ([], [900.0]):
        plan = plan_label(volumes, 1000.0, CUTS, outlines=outlines)
        assert (plan.reason, plan.label_type) == (reason, side)
        assert f"{normal:.0f} cm2" in plan.sentence


@given(arrays(bool, (3, 4, 5)))
@settings(deadline=None)
def test_an_outline_is_the_faces_seen_from_four_sides(voxels: NDArray[np.bool_]) -> None:
    """Counted face by face; what lies on one slice costs as if it were alone."""
    grid = Geometry.regular(shape=voxels.shape, spacing_mm=(2.0, 3.0, 5.0))
    faces_mm2 = 0.0
    for k, j, i in np.argwhere(voxels):
        for dj, di, area in ((1, 0, 10.0), (-1, 0, 10.0), (0, 1, 6.0), (0, -1, 6.0)):
            beside = (j + dj, i + di)
            inside = 0 <= beside[0] < 4 and 0 <= beside[1] < 5
            faces_mm2 += 0.0 if inside and voxels[(k, *beside)] else area
    found = outline_cm2(Mask(voxels=voxels, geometry=grid))
    assert found == pytest.approx(faces_mm2 / 100)


@settings(deadline=None)
@given(st.lists(st.floats(0.03, 500), max_size=20), st.floats(500, 8000))
def test_more_disease_never_turns_normal_into_abnormal(volumes: list[float], organ: float) -> None:
    """Once the normal side is the cheaper one, a further region keeps it so."""
    before = plan_label(volumes, organ, CUTS)
    after = plan_label([*volumes, 1.0], organ, CUTS)
    assert not (before.label_type is LabelType.NORMAL and after.label_type is LabelType.ABNORMAL)
