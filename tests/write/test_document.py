"""`analysis.json`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from eupnea.analysis import Analysis
from eupnea.write.document import AnalysisDocument

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def document(analysis: Analysis) -> AnalysisDocument:
    """The document of the hand-made patient."""
    return AnalysisDocument.of(analysis)


def test_the_contract_stands(document: AnalysisDocument) -> None:
    """Every key of the contract is there, under its own name."""
    answer = json.loads(document.to_json())
    assert answer["schema"] == "eupnea/analysis/1"
    scan, change = answer["scans"][0], answer["changes"][0]
    assert scan["folder"] == "scans/00_2020-03-05"
    assert scan["abnormal"].keys() >= {"volume_ml", "fraction", "count"}
    assert scan["regions"][0].keys() >= {
        "id", "volume_ml", "centroid_mm", "extent_mm", "mean_hu", "zone",
    }  # fmt: skip
    assert scan["notes"][0].keys() >= {"code", "text"}
    assert (change["from"], change["to"], change["days"]) == (0, 1, 41.0)
    assert change["normal"].keys() >= {
        "volume_change_ml", "volume_change_percent", "fraction_change",
    }  # fmt: skip
    assert change["events"][0].keys() >= {
        "kind", "before", "after", "volume_before_ml", "volume_after_ml", "change_percent",
        "beyond_repeatability",
    }  # fmt: skip


def test_reads_what_it_writes(document: AnalysisDocument) -> None:
    """A written document reads back as itself."""
    assert AnalysisDocument.model_validate_json(document.to_json()) == document


def test_newer_keys_do_not_disturb(document: AnalysisDocument) -> None:
    """A document with keys that this version does not know still reads."""
    answer = json.loads(document.to_json()) | {"later": 1}
    assert AnalysisDocument.model_validate(answer) == document


def test_rounds_once(document: AnalysisDocument) -> None:
    """Rounding a document again changes nothing: volumes to 0.001 ml, shares to 1e-5."""
    scan = document.scans[0]
    assert scan.abnormal.volume_ml == round(scan.abnormal.volume_ml, 3)
    assert scan.abnormal.fraction == round(scan.abnormal.fraction, 5)


def test_never_writes_nan(analysis: Analysis) -> None:
    """A number that is none stops the writing instead of reaching a reader."""
    first = analysis.scans[0]
    broken = replace(first, roi=replace(first.roi, volume_ml=float("nan")))
    with pytest.raises(ValidationError, match="finite number"):
        AnalysisDocument.of(replace(analysis, scans=(broken,), changes=()))


def test_notes_of_the_reader_come_first(document: AnalysisDocument) -> None:
    """A scan's document holds the notes of reading and of measuring, each once."""
    codes = [note.code for note in document.scans[1].notes]
    assert codes == ["KERNEL_SOFT", "LUNG_TRUNCATED"]


def test_published_schema_is_current() -> None:
    """`docs/analysis.schema.json` is the schema of what is written."""
    published = json.loads((DOCS / "analysis.schema.json").read_text(encoding="utf-8"))
    assert published == AnalysisDocument.published_schema()
