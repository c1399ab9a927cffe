"""`docs/outputs.md`: what it says is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eupnea.analysis import Analysis
from eupnea.write import RunRecord, write_analysis
from eupnea.write.document import AnalysisDocument
from eupnea.write.folder import CONTENT
from eupnea.write.tables import EVENT_COLUMNS, REGION_COLUMNS, SCAN_COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema["$defs"].values()):
        yield from part.get("properties", {})


@pytest.fixture(scope="module")
def output(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the output `result`."""
    folder = tmp_path_factory.mktemp("page")
    write_analysis(analysis, folder / "result")
    return folder


def test_every_file_is_named(from_dicom: Analysis, tmp_path: Path) -> None:
    """Whatever is written stands in the page; scans, and what is made of them, by the first."""
    assert all(name in NAMED or f"{name}/" in PAGE for name in CONTENT)
    write_analysis(from_dicom, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and not re.search(r"(seg|sr)_0[1-9]|sr_00_02", path.name):
            assert path.name in NAMED


@pytest.mark.parametrize(
    "schema", [AnalysisDocument.published_schema(), RunRecord.model_json_schema(by_alias=True)]
)
def test_every_field_is_named(schema: dict[str, Any]) -> None:
    """A field that is not in the page is not published."""
    assert {name for name in _fields(schema) if name not in NAMED} == set()


def test_every_column_is_named() -> None:
    """The tables' columns are in the page, in their order."""
    for columns in (SCAN_COLUMNS, REGION_COLUMNS, EVENT_COLUMNS):
        row = next(line for line in PAGE.splitlines() if f"`{columns[2]}`, `{columns[3]}`" in line)
        assert [name for name in re.findall(r"`([^`]+)`", row) if name in columns] == list(columns)


def test_the_examples_run(
    output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other, beside a folder `result`."""
    monkeypatch.chdir(output)
    scope: dict[str, Any] = {}
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == 3
    for example in examples:
        exec(example, scope)  # noqa: S102
    assert "R1" in capsys.readouterr().out
