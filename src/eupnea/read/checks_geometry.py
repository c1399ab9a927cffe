"""Checks of where the slices of a series lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Severity
from eupnea.read.ct_slice import CtSlice
from eupnea.read.finding import Finding, Tools
from eupnea.read.series import SAME_PLACE_MM, Series

EVEN_TOLERANCE = 0.01
"""Largest deviation from an even row of slices, as a share of the spacing.

The value is highdicom's spacing tolerance (`highdicom.spatial`).
"""
ROUNDING_MM = 0.1
"""Deviation that comes from positions written with one decimal, here and at the ends."""
ROUNDING_SHARE = 0.2
"""Of the spacing: more than this is never taken for rounding."""
WHOLE_TOLERANCE = 0.25
"""How near a distance must be to a multiple of the spacing to be a gap, in spacings."""
SAME_HEIGHT = 0.1
"""How near the slices of two stacks must be to lie at one place, in spacings."""
STRAY_SHARE = 0.25
"""Fewer slices than this share of the others are strays, not a part of the volume."""
FILLED_SHARE = 0.05
"""Of the slices: no more than this, or one, are ever interpolated."""
SHOWN = 5
"""Most places that a message names."""


def states_geometry(series: Series, tools: Tools) -> Finding | None:
    """Each slice states position, direction and pixel spacing.

    One that does not is no slice of the volume if it was derived, and a
    damaged one if it is an original.
    """
    del tools
    strays = [one for part in series.siblings for one in part.slices if one.is_original]
    whole = (*series.slices, *strays)
    silent = [one.name for one in whole if one.plane is None or not all(one.shape)]
    if not silent:
        return None
    return _refuse(
        RefusalCode.NO_GEOMETRY,
        expected="position, orientation, pixel spacing and size in each slice",
        found=f"none in {len(silent)} of {len(series)}",
        where=silent[0],
    )


def agrees_in_itself(series: Series, tools: Tools) -> Finding | None:
    """No other part of the series, of another shape or direction, fills in between or goes on.

    Parts at the same places are alternatives, such as two kernels; a few stray
    slices are no part.
    """
    del tools
    mates = [
        other
        for other in series.siblings
        if other.has_geometry
        and other.plane.is_axial
        and len(other) >= STRAY_SHARE * len(series)
        and len(series) >= STRAY_SHARE * len(other)
        and _shared_places(series, other) < 0.5
    ]
    if not mates:
        return None
    return _refuse(
        RefusalCode.SERIES_MIXED,
        expected="slices of one shape, pixel spacing, direction and kernel",
        found=f"{len(series)} of one kind and {len(mates[0])} of another at other places",
        where=mates[0].first.name,
    )


def has_enough_slices(series: Series, tools: Tools) -> Finding | None:
    """The series has enough slices to be a volume."""
    if len(series) >= tools.options.min_slices:
        return None
    return _refuse(
        RefusalCode.SLICES_TOO_FEW,
        expected=f"at least {tools.options.min_slices} slices",
        found=str(len(series)),
        where=series.name,
    )


def has_no_doubles(series: Series, tools: Tools) -> Finding | None:
    """No two slices lie at one place; equal copies are dropped, different ones refused."""
    if not series.has_doubles:
        return None
    kept = [series.first]
    for one, step in zip(series.slices[1:], np.diff(series.depths_mm), strict=True):
        if step >= SAME_PLACE_MM:
            kept.append(one)
        elif not _same_pixels(kept[-1], one, tools):
            return _refuse(
                RefusalCode.DUPLICATE_POSITION,
                expected="one slice at each position",
                found=f"two different ones at {_z(one)}",
                where=f"{kept[-1].name}, {one.name}",
            )
    return Finding(
        code="DUPLICATES_DROPPED",
        text=f"{len(series) - len(kept)} slices were there twice, with equal pixels.",
        severity=Severity.INFO,
        fix="The copies were left out.",
        mended=replace(series, slices=tuple(kept)),
    )


def has_no_gaps(series: Series, tools: Tools) -> Finding | None:
    """No slice is missing between the first and the last; single ones are filled if asked for."""
    spacing = series.spacing_mm
    steps = np.diff(series.depths_mm) / spacing
    counts = np.rint(steps)
    gaps = np.flatnonzero((counts >= 2) & (np.abs(steps - counts) <= WHOLE_TOLERANCE))
    if not len(gaps):
        return None
    missing = [
        series.positions_mm[n] + part * spacing * series.plane.normal
        for n in gaps
        for part in range(1, int(counts[n]))
    ]
    few = len(missing) <= max(1, FILLED_SHARE * len(series))
    if tools.options.fill_gaps and counts.max() <= 2 and few:
        return _filled(series, gaps, missing)
    return _refuse(
        RefusalCode.SLICES_MISSING,
        expected=f"a slice every {spacing:.3g} mm",
        found=f"{len(missing)} missing at {_places(missing)}",
        where=series.name,
    )


def _filled(series: Series, gaps: NDArray[np.intp], missing: list[NDArray[np.float64]]) -> Finding:
    slices = list(series.slices)
    for n in gaps[::-1]:
        before, after = slices[n], slices[n + 1]
        middle = (series.positions_mm[n] + series.positions_mm[n + 1]) / 2
        plane = replace(series.plane, position_mm=middle)
        slices.insert(n + 1, replace(before, plane=plane, between=(before, after)))
    return Finding(
        code="SLICES_FILLED",
        text=f"{len(missing)} missing slices at {_places(missing)} were interpolated.",
        severity=Severity.WARNING,
        fix="What is measured there was not seen; fetch the slices from the archive.",
        mended=replace(series, slices=tuple(slices)),
    )


def is_even(series: Series, tools: Tools) -> Finding | None:
    """The slices lie on one line, at equal distances."""
    del tools
    line = np.linspace(series.positions_mm[0], series.positions_mm[-1], len(series))
    deviation = np.linalg.norm(series.positions_mm - line, axis=1)
    worst, spacing = int(deviation.argmax()), series.spacing_mm
    allowed = max(EVEN_TOLERANCE * spacing, min(ROUNDING_MM, ROUNDING_SHARE * spacing))
    if deviation[worst] > allowed:
        low, high = np.diff(series.depths_mm).min(), np.diff(series.depths_mm).max()
        return _refuse(
            RefusalCode.SLICES_UNEVEN,
            expected="slices at equal distances on one line",
            found=f"distances of {low:.3g} to {high:.3g} mm, {deviation[worst]:.3g} mm off",
            where=series.slices[worst].name,
        )
    if deviation[worst] <= SAME_PLACE_MM:
        return None
    return Finding(
        code="SPACING_JITTER",
        text=f"Slice positions deviate by up to {deviation[worst]:.3f} mm from an even row.",
        severity=Severity.INFO,
        fix="They were read as evenly spaced.",
    )


def is_fine_enough(series: Series, tools: Tools) -> Finding | None:
    """Neighbouring slices lie close enough to measure a volume."""
    if series.spacing_mm <= tools.options.max_spacing_mm:
        return None
    return _refuse(
        RefusalCode.SPACING_TOO_COARSE,
        expected=f"slices at most {tools.options.max_spacing_mm:g} mm apart",
        found=f"{series.spacing_mm:.3g} mm",
        where=series.name,
    )


def covers_its_space(series: Series, tools: Tools) -> Finding | None:
    """Slices are as thick as they are apart, so that nothing between them is unseen."""
    del tools
    thickness = series.first.thickness_mm
    if not thickness or series.spacing_mm <= 1.2 * thickness:
        return None
    return Finding(
        code="SLICE_GAPS",
        text=(
            f"Slices of {thickness:g} mm lie {series.spacing_mm:.3g} mm apart: "
            "the tissue between them was not seen."
        ),
        severity=Severity.CAUTION,
        fix="Each slice stands for the whole distance.",
    )


def _shared_places(series: Series, other: Series) -> float:
    """Share of the other's slices that lie where this series has one, by height."""
    mine, theirs = series.positions_mm[:, 2], other.positions_mm[:, 2]
    gaps = np.abs(mine[:, None] - theirs[None, :]).min(axis=0)
    return float(np.mean(gaps <= max(SAME_HEIGHT * series.spacing_mm, SAME_PLACE_MM)))


def _same_pixels(one: CtSlice, other: CtSlice, tools: Tools) -> bool:
    places = np.array([part.plane.position_mm for part in (one, other) if part.plane is not None])
    if one.rescale != other.rescale or np.ptp(places, axis=0).max() > SAME_PLACE_MM:
        return False
    return np.array_equal(tools.pixels.stored(one), tools.pixels.stored(other))


def _refuse(code: RefusalCode, *, expected: str, found: str, where: str) -> Finding:
    return Finding.refused(Refusal(code, expected=expected, found=found, where=where))


def _z(one: CtSlice) -> str:
    return f"z={one.plane.position_mm[2]:.1f}" if one.plane is not None else "no position"


def _places(points: list[NDArray[np.float64]]) -> str:
    shown = ", ".join(f"z={point[2]:.1f}" for point in points[:SHOWN])
    return f"[{shown}{', ...' if len(points) > SHOWN else ''}]"
