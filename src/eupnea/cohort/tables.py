"""The cohort as tidy CSV tables: those of its cases, one below the other."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from eupnea.analysis import EventKind
from eupnea.cohort.line import Line
from eupnea.cohort.record import Records
from eupnea.write.tables import Cell, csv_text, safe
from eupnea.write.whole import write_whole

CASE_COLUMNS = (
    "case", "outcome", "code", "scans", "first_at", "last_at", "days",
    "first_abnormal_fraction", "last_abnormal_fraction", "fraction_change", "course", "unlike",
    "last_roi_ml", "last_abnormal_ml", "last_regions", *EventKind,
)  # fmt: skip

STACKED = ("scans.csv", "regions.csv", "events.csv")
"""Tables of each case that are laid one below the other."""


def write_tables(told: Sequence[Line], records: Records, folder: Path) -> None:
    """Writes `cases.csv`, and the tables of all cases with a column that names the case.

    Raises:
        OutputError: They cannot be written.
    """
    write_whole(folder / "cases.csv", csv_text(CASE_COLUMNS, map(_row, told)).encode())
    measured = [line.case for line in told if line.document is not None]
    for name in STACKED:
        files = {case: records.result(case) / name for case in measured}
        write_whole(folder / name, _stacked(files).encode())


def _row(line: Line) -> dict[str, Cell]:
    told: dict[str, Cell] = {"case": line.case, "outcome": "to do"}
    if line.record is not None:
        told |= {"outcome": line.record.outcome.value, "code": line.record.code}
    if line.document is None or line.first is None or line.last is None:
        return told
    return told | {
        "scans": len(line.document.scans),
        "first_at": line.first.acquired_at.isoformat(),
        "last_at": line.last.acquired_at.isoformat(),
        "first_abnormal_fraction": line.first.abnormal.fraction,
        "last_abnormal_fraction": line.last.abnormal.fraction,
        "course": line.course.value,
        "last_roi_ml": line.last.roi.volume_ml,
        "last_abnormal_ml": line.last.abnormal.volume_ml,
        "last_regions": line.last.abnormal.count,
        **_changed(line),
    }


def _changed(line: Line) -> dict[str, Cell]:
    if line.change is None:
        return {}
    tally = Counter(event.kind for event in line.change.events)
    return {
        "days": line.change.days,
        "fraction_change": line.change.abnormal.fraction_change,
        "unlike": ";".join(line.unlike),
        **{kind.value: tally[kind] for kind in EventKind},
    }


def _stacked(files: Mapping[str, Path]) -> str:
    """Tables of one kind below one another; their cells are safe for a spreadsheet already."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, (case, path) in enumerate(files.items()):
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        if number == 0:
            writer.writerow(["case", *header])
        writer.writerows([safe(case), *row] for row in rows)
    return text.getvalue()
