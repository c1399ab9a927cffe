"""`run.json`."""

from __future__ import annotations

from eupnea.analysis import Analysis
from eupnea.write.run import RunRecord


def test_accounts_for_every_file(analysis: Analysis) -> None:
    """Every input file is there, used or set aside, and why."""
    record = RunRecord.of(analysis, options={"organ": "lung"}, seconds={"reading": 1.23456})
    assert (record.files_used, record.files_set_aside) == (1, 1)
    assert [(file.path, file.reason) for file in record.files] == [
        (file.path, file.reason) for file in analysis.files
    ]
    assert record.seconds == {"reading": 1.235}


def test_reads_what_it_writes(analysis: Analysis) -> None:
    """A written record reads back as itself."""
    record = RunRecord.of(analysis)
    assert RunRecord.model_validate_json(record.to_json()) == record
