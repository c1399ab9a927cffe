"""Rows of figures as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eupnea.train.table import write_table


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A name and a number."""

    name: str
    value: float


def test_each_field_is_a_column(tmp_path: Path) -> None:
    """One line per row under the header; of no rows the header alone."""
    path = tmp_path / "table.csv"
    write_table([Figure(name="one", value=0.5), Figure(name="a, b", value=2.0)], path, kind=Figure)
    assert path.read_text().splitlines() == ["name,value", "one,0.5", '"a, b",2.0']
    write_table([], path, kind=Figure)
    assert path.read_text().splitlines() == ["name,value"]
