"""From what a user has, a table or a folder, to the cases of a cohort."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from eupnea.cohort.case import CohortCase
from eupnea.errors import UsageError
from eupnea.read.image_file import ending
from eupnea.read.patient_folder import sources_in

CASE, SOURCE, DATE = "case", "source", "date"
TABLE_ENDINGS = (".csv", ".tsv")
ZIP = ".zip"


def read_listing(path: Path) -> tuple[CohortCase, ...]:
    """The cases of a cohort, in the order of their names.

    Args:
        path: A table with a header (`case`, `source`, and `date` where the source does not
            say it), one line for each source, whose paths count from the table's folder; or a
            folder that holds a folder, a zip or an image file for each case. A case's folder that
            holds image files alone holds one for each scan.

    Raises:
        UsageError: There is no case, or a line is not one; the message names the line.
    """
    if path.is_dir():
        cases = [_of_entry(entry) for entry in sorted(path.iterdir()) if _is_case(entry)]
    elif path.suffix in TABLE_ENDINGS and path.is_file():
        cases = list(_of_table(path))
    else:
        expected = "a folder with a folder for each case, or a table (.csv, .tsv)"
        raise UsageError(f"expected {expected}, found {path}")
    if not cases:
        raise UsageError(f"expected at least one case, found none in {path}")
    _refuse_alike(cases)
    return tuple(sorted(cases, key=lambda case: case.name))


def _is_case(entry: Path) -> bool:
    return not entry.name.startswith(".") and (entry.is_dir() or _ending(entry.name) != "")


def _of_entry(entry: Path) -> CohortCase:
    name = entry.name if entry.is_dir() else entry.name[: -len(_ending(entry.name))]
    return _case(name, sources_in(entry.resolve()), [], where=str(entry))


def _ending(name: str) -> str:
    """Of a file that is a case by itself; empty for others."""
    return ZIP if name.lower().endswith(ZIP) else ending(name)


def _of_table(path: Path) -> Iterator[CohortCase]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        missing = {CASE, SOURCE} - set(reader.fieldnames or ())
        if missing:
            raise UsageError(f"expected a column {min(missing)!r} in {path}, found none")
        lines = [(number, row) for number, row in enumerate(reader, start=2) if any(row.values())]
    lines.sort(key=lambda line: line[1][CASE] or "")
    for name, own in groupby(lines, key=lambda line: line[1][CASE] or ""):
        yield _of_lines(name, list(own), path)


def _of_lines(
    name: str, lines: Sequence[tuple[int, Mapping[str, str | None]]], path: Path
) -> CohortCase:
    where = f"{path}, line {lines[0][0]}"
    dates = [(row.get(DATE) or "").strip() for _, row in lines]
    if any(dates) and not all(dates):
        raise UsageError(f"expected a date for each source of {name!r} or for none ({where})")
    named = [(row[SOURCE] or "").strip() for _, row in lines]
    if not all(named):
        raise UsageError(f"expected a source in each line of {name!r}, found none ({where})")
    sources = [(path.parent / source).resolve() for source in named]
    return _case(name, sources, dates if any(dates) else [], where=where)


def _case(name: str, sources: Iterable[Path], dates: Iterable[str], *, where: str) -> CohortCase:
    try:
        return CohortCase(name=name, sources=tuple(sources), dates=tuple(dates))
    except ValidationError as error:
        problem = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"{problem} ({where})") from error


def _refuse_alike(cases: Iterable[CohortCase]) -> None:
    """Names that would be one folder's, also on systems that do not tell case from case."""
    seen: dict[str, str] = {}
    for case in cases:
        folded = case.name.casefold()
        if folded in seen:
            raise UsageError(
                f"expected cases with unlike names, found {seen[folded]!r} and {case.name!r}"
            )
        seen[folded] = case.name
