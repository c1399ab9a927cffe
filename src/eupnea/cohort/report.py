"""`cohort.html` and the tables: what was found in all cases, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
from jinja2 import Environment

from eupnea.cohort.line import Course, Line, lines
from eupnea.cohort.plan import CASES, CohortPlan
from eupnea.cohort.record import Records
from eupnea.cohort.strip import strip
from eupnea.cohort.tables import write_tables
from eupnea.outcome import Outcome
from eupnea.version import __version__
from eupnea.write.document import DISCLAIMER
from eupnea.write.html import content_policy, page_style, template_environment
from eupnea.write.report import words
from eupnea.write.whole import write_whole

REPORT = "cohort.html"

COURSES: Mapping[Course, str] = {
    Course.MORE: "more abnormal lung in {}",
    Course.LESS: "less in {}",
    Course.WITHIN: "no more change than a repeat scan could show in {}",
    Course.UNJUDGED: "not judged in {}",
}


def write_report(plan: CohortPlan, folder: Path) -> None:
    """Writes the tables and the page of a cohort, of what is done so far.

    The same records give the same bytes.

    Raises:
        OutputError: They cannot be written.
    """
    records = Records(folder)
    told = lines(plan, records)
    write_tables(told, records, folder)
    write_whole(folder / REPORT, render(told).encode())


def render(told: Sequence[Line]) -> str:
    """The page: it names no outside address, and runs no script."""
    style = page_style(str(__package__), "cohort.css")
    measured = [line for line in told if line.last is not None]
    shares = [_share(line) for line in measured]
    page = _environment().get_template("cohort.html.j2")
    return page.render(
        policy=content_policy(style),
        style=style,
        version=__version__,
        disclaimer=DISCLAIMER,
        headline=_headline(told, shares),
        courses=_courses(measured),
        strip=strip(shares) if shares else None,
        measured=sorted(measured, key=_share, reverse=True),
        left_out=[line for line in told if line.record and line.record.code],
        waiting=[line.case for line in told if line.record is None],
        top=max(shares, default=0.0),
        cases=CASES,
    )


def _share(line: Line) -> float:
    return line.last.abnormal.fraction if line.last else 0.0


def _headline(told: Sequence[Line], shares: Sequence[float]) -> str:
    counted = f"{len(shares)} of {words.counted(len(told), 'patient')} measured"
    if not shares:
        return f"{counted}."
    low, middle, high = (words.share(float(q)) for q in np.quantile(shares, (0.25, 0.5, 0.75)))
    return (
        f"{counted}: at the last scan {middle} of the lungs was abnormal in the median "
        f"(quartiles {low} and {high})."
    )


def _courses(measured: Sequence[Line]) -> str:
    tally = Counter(line.course for line in measured)
    followed = sum(tally[course] for course in COURSES)
    if not followed:
        return ""
    told = [text.format(tally[course]) for course, text in COURSES.items() if tally[course]]
    return f"Of {followed} with several scans, from the first to the last: {words.listed(told)}."


def _environment() -> Environment:
    environment = template_environment(str(__package__))
    environment.filters.update(
        ml=words.millilitres, share=words.share, points=words.points, day=words.day, quoted=quote
    )
    environment.globals.update(Course=Course, Outcome=Outcome)
    return environment
