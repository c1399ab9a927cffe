"""Runs every check over a series, in order, mending what can be mended."""

from __future__ import annotations

from eupnea.errors import Refusal
from eupnea.read import checks_content as content
from eupnea.read import checks_geometry as geometry
from eupnea.read.finding import Check, Finding, Tools
from eupnea.read.series import Series

BATTERY: tuple[Check, ...] = (
    geometry.states_geometry,
    geometry.agrees_in_itself,
    geometry.has_enough_slices,
    content.fits_memory,
    geometry.has_no_doubles,
    geometry.has_enough_slices,
    geometry.has_no_gaps,
    geometry.is_even,
    geometry.is_fine_enough,
    content.has_usable_slope,
    content.states_rescale,
    geometry.covers_its_space,
    content.is_original,
    content.is_lossless,
    content.is_free_of_text,
    content.is_plain_monochrome,
    content.is_chest_by_name,
    content.keeps_true_dates,
)
"""Later checks rely on earlier ones: no distances without positions, no gaps among copies.

That all slices are of one patient is settled before, for all series together (`find_series`).
"""


def examine(series: Series, tools: Tools) -> tuple[Series, tuple[Finding, ...]]:
    """The series as mended, and all findings up to the first that refuses it."""
    findings: list[Finding] = []
    for check in BATTERY:
        finding = _run(check, series, tools)
        if finding is None:
            continue
        findings.append(finding)
        if finding.refusal is not None:
            break
        series = finding.mended or series
    return series, tuple(findings)


def _run(check: Check, series: Series, tools: Tools) -> Finding | None:
    try:
        return check(series, tools)
    except Refusal as refusal:
        return Finding.refused(refusal)
