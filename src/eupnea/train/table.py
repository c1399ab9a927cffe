"""Rows of figures as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def write_table(
    rows: Sequence[DataclassInstance], path: Path, *, kind: type[DataclassInstance]
) -> None:
    """Writes dataclasses of one kind as CSV, a column for each field; of none the header alone."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=[field.name for field in fields(kind)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
