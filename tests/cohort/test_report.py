"""The cohort's page and tables tell what its cases say, to the digit."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eupnea.analysis import Analysis
from eupnea.cohort import CohortPlan, Records, write_report
from eupnea.cohort.line import Course, Line, lines
from eupnea.cohort.report import render
from eupnea.cohort.strip import DOT, LEFT, RIGHT, strip
from eupnea.cohort.work import measure_case
from eupnea.note import Severity
from eupnea.write.document import AnalysisDocument, NoteDocument
from support.cohorts import measure_by_name, plan_of
from support.hand_made import hand_made_analysis

NAMES = ("=1+1", "<b>A</b>", "partly", "refused")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four cases, two of them with names that pages and spreadsheets could trip over."""
    here = tmp_path_factory.mktemp("cohort")
    plan = plan_of(*(name.replace("/", "-") for name in NAMES), folder=here)
    plan.write(here)
    for case in plan.cases:
        measure_case(case, plan.settings, here, measure_by_name)
    write_report(plan, here)
    return here


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """What each of them says."""
    return hand_made_analysis()


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_tables_hold_all_rows_of_all_cases(folder: Path) -> None:
    """Cell by cell, with the case in front."""
    for name in ("scans.csv", "regions.csv", "events.csv"):
        whole = rows(folder / name)
        for case in ("=1+1", "<b>A<-b>", "partly"):
            shown = "'=1+1" if case == "=1+1" else case
            own = [
                {k: v for k, v in row.items() if k != "case"}
                for row in whole
                if row["case"] == shown
            ]
            assert own == rows(folder / "cases" / case / name)
        assert len({row["case"] for row in whole}) == 3


def test_a_line_for_each_case(folder: Path, analysis: Analysis) -> None:
    """Also for those that were not measured; figures are those of the document."""
    table = {row["case"]: row for row in rows(folder / "cases.csv")}
    assert [row["outcome"] for row in table.values()] == [
        "measured",
        "measured",
        "partly",
        "refused",
    ]
    document = AnalysisDocument.of(analysis)
    told = table["<b>A<-b>"]
    assert float(told["last_abnormal_fraction"]) == document.scans[-1].abnormal.fraction
    assert float(told["first_abnormal_fraction"]) == document.scans[0].abnormal.fraction
    assert table["refused"]["code"] == "NO_CT"
    assert table["refused"]["last_abnormal_ml"] == ""


def test_the_page_names_no_address_and_runs_nothing(folder: Path) -> None:
    """It leads to the cases' own reports, and a name is a name."""
    page = (folder / "cohort.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|<script|<b>A<", page)
    targets = re.findall(r'href="([^"]+)"', page)
    assert targets == [
        "cases/%3D1%2B1/report.html",
        "cases/%3Cb%3EA%3C-b%3E/report.html",
        "cases/partly/report.html",
    ]
    assert "Not a medical device" in page
    assert "3 of 4 patients measured" in page
    assert "NO_CT" in page


def test_the_same_cases_give_the_same_bytes(folder: Path) -> None:
    """Written anew."""
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    write_report(CohortPlan.read(folder), folder)
    assert before == {path.name: path.read_bytes() for path in folder.glob("*.*")}


def test_a_torn_answer_is_not_told(tmp_path: Path) -> None:
    """A document that its record does not speak of is as good as none."""
    plan = plan_of("A", folder=tmp_path)
    measure_case(plan.cases[0], plan.settings, tmp_path, measure_by_name)
    document = tmp_path / "cases/A/analysis.json"
    document.write_text(document.read_text().replace('"fraction": 0.', '"fraction": 0.9', 1))
    (line,) = lines(plan, Records(tmp_path))
    assert line.document is None
    assert "Not done yet" in render([line])


def test_nothing_measured_is_told(tmp_path: Path) -> None:
    """Tables have their header, the page its sentence."""
    plan = plan_of("A", folder=tmp_path)
    write_report(plan, tmp_path)
    assert "0 of 1 patient measured." in (tmp_path / "cohort.html").read_text()
    assert rows(tmp_path / "cases.csv")[0]["outcome"] == "to do"


@pytest.mark.parametrize(
    ("beyond", "change_ml", "course"),
    [
        (True, 5.0, Course.MORE),
        (True, -5.0, Course.LESS),
        (False, 5.0, Course.WITHIN),
        (None, 5.0, Course.UNJUDGED),
    ],
)
def test_a_course_is_judged_by_what_a_repeat_scan_could_show(
    *, beyond: bool | None, change_ml: float, course: Course, analysis: Analysis
) -> None:
    """Not by the sign of a difference alone."""
    document = AnalysisDocument.of(analysis)
    judged = {"beyond_repeatability": beyond, "volume_change_ml": change_ml}
    changes = tuple(
        change.model_copy(update={"abnormal": change.abnormal.model_copy(update=judged)})
        for change in document.changes
    )
    line = Line(case="A", record=None, document=document.model_copy(update={"changes": changes}))
    assert line.course is course
    once = replace(line, document=document.model_copy(update={"changes": ()}))
    assert once.course is Course.ONCE


def test_scans_taken_unlike_are_told_beside_their_change(analysis: Analysis) -> None:
    """For another breath or kernel may have made it."""
    document = AnalysisDocument.of(analysis)
    note = NoteDocument(code="COMPARABILITY_BREATH", text="deeper", severity=Severity.CAUTION)
    changes = tuple(c.model_copy(update={"notes": (note,)}) for c in document.changes)
    alike = Line(case="A", record=None, document=document)
    line = replace(alike, document=document.model_copy(update={"changes": changes}))
    assert (alike.unlike, line.unlike) == ((), ("COMPARABILITY_BREATH",))
    assert ["<small>scans taken unlike" in render([each]) for each in (alike, line)] == [
        False,
        True,
    ]


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_dots_keep_their_order_and_do_not_touch(shares: list[float]) -> None:
    """On the axis, and each beside or above the others."""
    drawn = strip(shares)
    assert all(LEFT <= x <= RIGHT and 0 <= y < drawn.height for x, y in drawn.dots)
    assert [x for x, _ in sorted(drawn.dots)] == sorted(
        x for _, (x, _) in sorted(zip(shares, drawn.dots, strict=True))
    )
    places = {(round(x / DOT), y) for x, y in drawn.dots}
    assert len(places) == len(shares)
    low, middle, high = drawn.quartiles
    assert low <= middle <= high
    assert min(x for x, _ in drawn.dots) <= low
    assert np.isfinite(drawn.quartiles).all()
