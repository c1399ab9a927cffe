"""The decision: large, or small but many, or small and few."""

from __future__ import annotations

from collections.abc import Sequence

from eupnea.label.plan import LabelPlan, LabelType, Reason, SizeMeasure, Strategy, Thresholds

HALF = 0.5

_SIDE = {
    Reason.LARGE: LabelType.NORMAL,
    Reason.MANY_AND_SPREAD: LabelType.NORMAL,
    Reason.MANY_BUT_SLIGHT: LabelType.ABNORMAL,
    Reason.SMALL_AND_FEW: LabelType.ABNORMAL,
    Reason.HALF: LabelType.NORMAL,
    Reason.LESS: LabelType.ABNORMAL,
}


def plan_label(
    region_volumes_ml: Sequence[float],
    organ_ml: float,
    thresholds: Thresholds | None = None,
    *,
    strategy: Strategy = Strategy.THRESHOLDS,
) -> LabelPlan:
    """Decide which side of an image to label.

    Size at or above its threshold: label normal. Small, but at least as many
    as the count threshold: by share of the organ, at or above its threshold
    normal, else abnormal. Small and few: label abnormal. By share alone: at
    half of the organ or above label normal, else abnormal.

    Args:
        region_volumes_ml: Volume of each candidate abnormal region.
        organ_ml: Volume of the region of interest, positive.
        thresholds: The cuts; `None` means the defaults.
        strategy: What decides.

    Examples:
        >>> plan_label([2500.0, 3.0], 4000.0).reason
        <Reason.LARGE: 'large'>
        >>> plan_label([0.5], 4000.0).label_type
        <LabelType.ABNORMAL: 'abnormal'>
    """
    cuts = thresholds or Thresholds()
    total = float(sum(region_volumes_ml))
    largest = float(max(region_volumes_ml, default=0.0))
    fraction = total / organ_ml
    size = largest if cuts.measure is SizeMeasure.LARGEST else total
    reason = (
        _reason(size, len(region_volumes_ml), fraction, cuts)
        if strategy is Strategy.THRESHOLDS
        else (Reason.HALF if fraction >= HALF else Reason.LESS)
    )
    return LabelPlan(
        label_type=_SIDE[reason],
        reason=reason,
        largest_ml=largest,
        total_ml=total,
        count=len(region_volumes_ml),
        fraction=fraction,
        thresholds=cuts,
    )


def _reason(size_ml: float, count: int, fraction: float, cuts: Thresholds) -> Reason:
    if size_ml >= cuts.size_ml:
        return Reason.LARGE
    if count < cuts.count:
        return Reason.SMALL_AND_FEW
    return Reason.MANY_AND_SPREAD if fraction >= cuts.fraction else Reason.MANY_BUT_SLIGHT
