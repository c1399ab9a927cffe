"""`report.html`: one self-contained page for a reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment

from eupnea.analysis import Analysis
from eupnea.note import Severity
from eupnea.version import __version__
from eupnea.write.document import AnalysisDocument
from eupnea.write.html import content_policy, page_style, template_environment
from eupnea.write.report import words
from eupnea.write.report.chart import overview_charts
from eupnea.write.report.history import families
from eupnea.write.report.lanes import draw_lanes
from eupnea.write.report.picture import WINDOW_CENTRE_HU, WINDOW_WIDTH_HU
from eupnea.write.report.sections import (
    ORDER,
    change_sections,
    file_groups,
    history_sections,
    remarks,
    scan_sections,
    tissue_change,
)
from eupnea.write.report.summary import outcome, overall_change, summary
from eupnea.write.report.zone_map import zone_map

FILTERS: dict[str, Callable[..., str]] = {
    "ml": words.millilitres,
    "share": words.share,
    "signed_ml": words.signed_millilitres,
    "signed_percent": words.signed_percent,
    "limit": words.limit,
    "points": words.points,
    "mm": words.whole,
    "hu": words.whole,
    "names": words.names,
    "listed_few": words.listed_few,
    "day": words.day,
    "days": words.days,
}


def render_report(analysis: Analysis, document: AnalysisDocument) -> str:
    """The report of an analysis.

    The page names no outside address, runs no script, and holds no identifier
    of the patient; it is the same bytes for the same analysis.

    Args:
        analysis: The scans and masks that the pictures show.
        document: The rounded numbers, made from the same analysis.
    """
    style = page_style(str(__package__), "report.css")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            policy=content_policy(style),
            style=style,
            version=__version__,
            **_content(analysis, document),
        )
    )


def _content(analysis: Analysis, document: AnalysisDocument) -> dict[str, Any]:
    """What the template shows, section by section."""
    overall = overall_change(document)
    related = families(document) if overall else ()
    return {
        "organ": words.organ(document.organ),
        "title": _title(document),
        "summary": summary(document),
        "outcome": outcome(overall) if overall else "",
        "alerts": remarks(document, Severity.WARNING, Severity.CAUTION),
        "has_intervals": any(scan.abnormal.interval_ml for scan in document.scans),
        "charts": overview_charts(document) if overall else (),
        "lanes": draw_lanes(related, len(document.scans)),
        "histories": history_sections(analysis, document, related),
        "changes": change_sections(analysis, document),
        "scans": scan_sections(analysis, document),
        "files": file_groups(analysis.files),
        "window": (WINDOW_CENTRE_HU, WINDOW_WIDTH_HU),
    }


def _title(document: AnalysisDocument) -> str:
    first, last = (words.day(document.scans[n].acquired_at) for n in (0, -1))
    span = first if len(document.scans) == 1 else f"{first} \N{EN DASH} {last}"
    return f"Chest CT, {span}"


def _environment() -> Environment:
    environment = template_environment(str(__package__))
    environment.filters.update(FILTERS)
    environment.globals.update(
        counted=words.counted,
        glyphs=words.GLYPHS,
        kinds=tuple(ORDER),
        band_names=words.BANDS,
        tissue_change=tissue_change,
        zone_map=zone_map,
    )
    return environment
