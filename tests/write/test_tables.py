"""CSV tables."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from eupnea.analysis import Analysis
from eupnea.write.document import AnalysisDocument
from eupnea.write.tables import EVENT_COLUMNS, events_csv, regions_csv, scans_csv


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_tables_agree_with_the_document(analysis: Analysis) -> None:
    """Every volume in a table is the very number of `analysis.json`."""
    document = AnalysisDocument.of(analysis)
    regions = [region for scan in document.scans for region in scan.regions]
    events = [event for change in document.changes for event in change.events]
    assert [float(row["abnormal_ml"]) for row in _rows(scans_csv(document))] == [
        scan.abnormal.volume_ml for scan in document.scans
    ]
    assert [(row["region"], float(row["volume_ml"])) for row in _rows(regions_csv(document))] == [
        (region.id, region.volume_ml) for region in regions
    ]
    assert [(row["event"], row["after"]) for row in _rows(events_csv(document))] == [
        (event.kind, ";".join(event.after)) for event in events
    ]


def test_what_is_not_known_is_empty(analysis: Analysis) -> None:
    """An interval has two columns; a method without one leaves them empty."""
    found = analysis.scans[0]
    vague = replace(found, abnormal=replace(found.abnormal, interval_ml=None))
    rows = _rows(scans_csv(AnalysisDocument.of(replace(analysis, scans=(found, vague)))))
    assert float(rows[0]["abnormal_low_ml"]) < float(rows[0]["abnormal_high_ml"])
    assert (rows[1]["abnormal_low_ml"], rows[1]["abnormal_high_ml"]) == ("", "")


def test_an_empty_table_has_its_columns(analysis: Analysis) -> None:
    """One scan has no events; the table still names its columns."""
    alone = AnalysisDocument.of(replace(analysis, scans=analysis.scans[:1], changes=()))
    assert events_csv(alone) == ",".join(EVENT_COLUMNS) + "\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_text_is_a_formula(analysis: Analysis, start: str) -> None:
    """A text that a spreadsheet would run is quoted; negative numbers stay numbers."""
    found = analysis.scans[0]
    evil = replace(found.regions[0], zone=f"{start}cmd|' /C calc'!A0", mean_hu=-5.0)
    document = AnalysisDocument.of(
        replace(analysis, scans=(replace(found, regions=(evil,)),), changes=())
    )
    row = _rows(regions_csv(document))[0]
    assert row["zone"] == f"'{evil.zone}"
    assert row["mean_hu"] == "-5.0"
