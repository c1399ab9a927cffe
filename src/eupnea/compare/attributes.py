"""Changes of volume and share, without any alignment."""

from __future__ import annotations

import math

from eupnea.analysis import AttributeChange, Attributes, ScanAnalysis
from eupnea.compare.limits import RepeatabilityLimits

IDENTITY_TOLERANCE_ML = 1e-6


def change_of(
    before: Attributes, after: Attributes, limits: RepeatabilityLimits
) -> AttributeChange:
    """Later minus earlier."""
    difference = after.volume_ml - before.volume_ml
    return AttributeChange(
        volume_change_ml=difference,
        volume_change_percent=100 * difference / before.volume_ml if before.volume_ml else None,
        fraction_change=after.fraction - before.fraction,
        beyond_repeatability=limits.is_beyond(before.volume_ml, after.volume_ml),
    )


def abnormal_change(
    before: ScanAnalysis, after: ScanAnalysis, limits: RepeatabilityLimits
) -> AttributeChange:
    """The abnormal region's change, derived from the organ's and the normal region's.

    The abnormal region is what the normal one leaves of the organ; so is its
    change. The figure must agree with the abnormal masks themselves.

    Raises:
        ArithmeticError: When it does not; one of the masks then is not what
            it claims to be, and no figure can be trusted.

    Examples:
        >>> _differ(3.0, 3.1)
        True
    """
    roi = after.roi.volume_ml - before.roi.volume_ml
    normal = after.normal.volume_ml - before.normal.volume_ml
    measured = change_of(before.abnormal, after.abnormal, limits)
    if _differ(roi - normal, measured.volume_change_ml):
        raise ArithmeticError(
            f"abnormal change {measured.volume_change_ml:.6f} ml is not the roi's change "
            f"{roi:.6f} ml minus the normal region's {normal:.6f} ml"
        )
    return measured


def _differ(first_ml: float, second_ml: float) -> bool:
    return not math.isclose(first_ml, second_ml, rel_tol=1e-9, abs_tol=IDENTITY_TOLERANCE_ML)
