"""How a test's cohort is measured, in any process: the name of a case says what becomes of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from eupnea.analysis import Analysis, RefusedScan
from eupnea.cohort import CohortCase, CohortPlan, Settings
from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.write import write_analysis
from support.hand_made import hand_made_analysis

PATIENT = "DOE^JANE"
"""A message that must not be told."""


def plan_of(*names: str, folder: Path, settings: Settings | None = None) -> CohortPlan:
    """A cohort whose cases are files that hold their names."""
    cases = []
    for name in names:
        source = folder / "sources" / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(name)
        cases.append(CohortCase(name=name, sources=(source,)))
    return CohortPlan(settings=settings or Settings(), cases=tuple(cases))


def measure_by_name(case: CohortCase, settings: Settings, out: Path) -> Analysis:
    """The hand-made patient, unless the name says otherwise; leaves a mark beside the sources."""
    del settings
    with (case.sources[0].parent / "measured.log").open("a") as log:
        log.write(f"{case.name}\n")
    if case.name.startswith("refused"):
        raise Refusal(RefusalCode.NO_CT, expected="CT", found="none")
    if case.name.startswith("breaks"):
        raise ValueError(PATIENT)
    if case.name.startswith("dies"):
        os._exit(9)
    if case.name.startswith("full"):
        raise OutputError("cannot write: no space left on device")
    if case.name.startswith("slow"):
        time.sleep(3600)
    analysis = hand_made_analysis()
    if case.name.startswith("partly"):
        left_out = RefusedScan(source="b", code=RefusalCode.SLICES_MISSING, text="SLICES_MISSING")
        analysis = replace(analysis, refused=(left_out,))
    write_analysis(analysis, out)
    return analysis


def times_measured(plan: CohortPlan) -> list[str]:
    """The names of the cases that were measured, in order, as often as they were."""
    log = plan.cases[0].sources[0].parent / "measured.log"
    return log.read_text().split() if log.exists() else []
