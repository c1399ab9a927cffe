"""What a reader must know of the lungs that were found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from eupnea.note import Note, Severity
from eupnea.segment.air_scale import AIR_HU, is_off
from eupnea.segment.coarse import Coarse
from eupnea.segment.cut import cut_at
from eupnea.segment.sides import LEFT, RIGHT, SMALLEST_SHARE

EXPECTED_ML = (1000.0, 9500.0)
"""Both lungs of an adult, from full expiration to the largest total capacity."""

UNEVEN_RATIO = 1.8
"""The right lung is by nature some 1.15 times as large as the left."""

LEAST_INFLATED_HU = -770.0
"""Aerated lung that is denser on average is in expiration or diseased throughout."""


def lung_notes(sides: NDArray[np.uint8], coarse: Coarse, air_hu: float | None) -> tuple[Note, ...]:
    """All remarks on a pair of lungs.

    Args:
        sides: Right (1) and left (2) lung on the coarse grid.
        coarse: The scan.
        air_hu: What the air in the trachea measures, if there is a trachea.
    """
    right, left = (
        np.count_nonzero(sides == side) * coarse.geometry.voxel_volume_ml for side in (RIGHT, LEFT)
    )
    cut = tuple(_truncation(sides > 0))
    sizes = _sizes(float(right), float(left), is_whole=not cut)
    return (*cut, *sizes, *_calibration(air_hu))


def inflation_notes(mode_hu: float, *, consequence: str) -> tuple[Note, ...]:
    """The remark on lungs that are not at full inspiration.

    Args:
        mode_hu: The most frequent density of the aerated lung.
        consequence: What the method makes of such lungs, after a semicolon.
    """
    if mode_hu <= LEAST_INFLATED_HU:
        return ()
    text = (
        f"The aerated lung measures {mode_hu:.0f} HU, as in expiration or in disease of the whole "
        f"lung; {consequence}."
    )
    return (Note(code="LUNG_NOT_INFLATED", text=text, severity=Severity.WARNING),)


def _truncation(lungs: NDArray[np.bool_]) -> Iterator[Note]:
    for place, share in cut_at(lungs).items():
        yield Note(
            code="LUNG_TRUNCATED",
            text=f"The lung is cut at the {place} of the image, where its section has "
            f"{share:.0%} of its largest area: volumes are lower bounds.",
            severity=Severity.WARNING,
        )


def _sizes(right_ml: float, left_ml: float, *, is_whole: bool) -> Iterator[Note]:
    total, smaller = right_ml + left_ml, min(right_ml, left_ml)
    if smaller < SMALLEST_SHARE * total:
        side = "right" if right_ml > left_ml else "left"
        yield Note(code="ONE_LUNG", text=f"Only one lung was found; by its shape, the {side} one.")
        return
    if is_whole and max(right_ml, left_ml) > UNEVEN_RATIO * smaller:
        yield Note(
            code="LUNGS_UNEVEN",
            text=f"Right {right_ml:.0f} ml, left {left_ml:.0f} ml: dense or collapsed lung may "
            "be missing from the smaller one.",
        )
    if is_whole and not EXPECTED_ML[0] <= total <= EXPECTED_ML[1]:
        yield Note(
            code="LUNG_VOLUME_IMPLAUSIBLE",
            text=f"Both lungs measure {total:.0f} ml; adults have {EXPECTED_ML[0]:.0f} to "
            f"{EXPECTED_ML[1]:.0f} ml.",
            severity=Severity.WARNING,
        )


def _calibration(air_hu: float | None) -> Iterator[Note]:
    if air_hu is not None and is_off(air_hu):
        yield Note(
            code="AIR_NOT_MINUS_1000",
            text=f"Air in the trachea measures {air_hu:.0f} HU instead of {AIR_HU:.0f}: "
            "density bands are off by about as much.",
            severity=Severity.WARNING,
        )
