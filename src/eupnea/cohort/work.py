"""What a worker does: one case, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from eupnea.analysis import Analysis
from eupnea.cohort.case import CohortCase
from eupnea.cohort.fingerprint import fingerprint
from eupnea.cohort.plan import Settings
from eupnea.cohort.record import Record, Records
from eupnea.errors import Refusal
from eupnea.outcome import End, Outcome

Measure = Callable[[CohortCase, Settings, Path], Analysis]
"""Analyzes a case and writes everything to an output folder; must be importable by a worker."""


def measure_case(
    case: CohortCase, settings: Settings, cohort: Path, measure: Measure, *, again: bool = False
) -> Record:
    """Measures a case unless its record tells of the same inputs and its output is there.

    Args:
        case: The patient.
        settings: How to measure.
        cohort: The cohort's folder.
        measure: Runs the analysis.
        again: Whether a case that was refused, or broke down, is tried again.

    Raises:
        OutputError: The output cannot be written.
        ModelError: The model is missing or altered.
    """
    records, began = Records(cohort), time.perf_counter()
    mark = fingerprint(case, settings)
    known = records.find(case.name)
    if known is not None and records.holds(known, mark) and not (again and _is_unwell(known)):
        return known
    ended = _measured(case, settings, records.result(case.name), measure)
    if not ended.outcome.has_result:
        records.discard_result(case.name)
    record = ended.model_copy(
        update={
            "fingerprint": mark,
            "document_sha256": records.document_sha256(case.name),
            "seconds": round(time.perf_counter() - began, 1),
        }
    )
    records.add(record)
    return record


def _is_unwell(record: Record) -> bool:
    return record.outcome is not Outcome.MEASURED


def _measured(case: CohortCase, settings: Settings, out: Path, measure: Measure) -> Record:
    try:
        analysis = measure(case, settings, out)
    except Refusal as refusal:
        return Record.told(case.name, End.by(refusal))
    return Record.told(case.name, End.of(analysis))
