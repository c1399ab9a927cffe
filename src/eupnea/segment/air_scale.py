"""Whether a scan's densities lie where they should, judged by the air in its airways."""

from __future__ import annotations

AIR_HU, AIR_TOLERANCE_HU = -1000.0, 30.0
"""What air measures in a calibrated scanner, and how far it may be off."""


def density_scale(air_hu: float | None) -> float:
    """What densities must be multiplied by so that air is -1000 HU and water stays 0 HU.

    Air cannot be thinner than air: where it measures more than
    `AIR_TOLERANCE_HU` below -1000, the scale is off. Where it measures more,
    a narrow airway's wall may have been measured with it, and nothing is
    changed.

    Args:
        air_hu: What air measures in the scan; `None` if unknown.

    Examples:
        >>> density_scale(-965.0), density_scale(None)
        (1.0, 1.0)
        >>> round(density_scale(-1040.0), 3)
        0.962
    """
    if air_hu is None or air_hu >= AIR_HU - AIR_TOLERANCE_HU:
        return 1.0
    return AIR_HU / air_hu


def is_off(air_hu: float | None) -> bool:
    """Whether air measures so far from -1000 HU that a reader must know; unknown is not off."""
    return air_hu is not None and abs(air_hu - AIR_HU) > AIR_TOLERANCE_HU
