"""Arguments: one option may take several dates, whatever stands around it."""

from __future__ import annotations

import pytest

from eupnea.cli.arguments import spread_dates


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--dates", "2020-01-01"], ["--dates", "2020-01-01"]),
        (
            ["-d", "20200101", "2020-02-01T10:00", "--out", "x"],
            ["--dates", "20200101", "--dates", "2020-02-01T10:00", "--out", "x"],
        ),
        (
            ["--dates", "2020-01-01", "--dates", "2020-02-01"],
            ["--dates", "2020-01-01", "--dates", "2020-02-01"],
        ),
        (["2020-01-01", "--out", "2020-02-01"], ["2020-01-01", "--out", "2020-02-01"]),
        (["--dates", "nonsense", "2020-02-01"], ["--dates", "nonsense", "2020-02-01"]),
    ],
)
def test_each_date_gets_its_option(given: list[str], read: list[str]) -> None:
    """Only what follows `--dates` and looks like a date is taken for one."""
    assert spread_dates(given) == read
