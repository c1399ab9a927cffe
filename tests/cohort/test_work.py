"""One case, once: what is done stays done while nothing changed, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eupnea.cohort import CohortPlan, Outcome, Record, Records, Settings
from eupnea.cohort.work import measure_case
from eupnea.errors import OutputError
from support.cohorts import measure_by_name, plan_of, times_measured


def work(plan: CohortPlan, folder: Path, *, again: bool = False) -> Record:
    """The only case of a plan."""
    (case,) = plan.cases
    return measure_case(case, plan.settings, folder, measure_by_name, again=again)


def test_a_case_is_measured_once(tmp_path: Path) -> None:
    """The second time its record is the answer."""
    plan = plan_of("A", folder=tmp_path)
    first = work(plan, tmp_path)
    assert first.outcome is Outcome.MEASURED
    assert work(plan, tmp_path) == first == Records(tmp_path).find("A")
    assert times_measured(plan) == ["A"]


def test_other_files_or_settings_are_another_case(tmp_path: Path) -> None:
    """And back again: a record tells of the last that was measured."""
    plan = plan_of("A", folder=tmp_path)
    work(plan, tmp_path)
    work(plan.model_copy(update={"settings": Settings(harmonise=True)}), tmp_path)
    plan.cases[0].sources[0].write_text("other")
    work(plan, tmp_path)
    assert times_measured(plan) == ["A"] * 3


@pytest.mark.parametrize("harm", ["altered", "deleted", "record torn", "record of another"])
def test_what_is_torn_is_measured_again(harm: str, tmp_path: Path) -> None:
    """A record counts only with the output that it speaks of."""
    plan = plan_of("A", folder=tmp_path)
    whole = work(plan, tmp_path)
    document, record = tmp_path / "cases/A/analysis.json", tmp_path / "records/A.json"
    if harm == "altered":
        document.write_text(document.read_text().replace("1", "2", 1))
    elif harm == "deleted":
        document.unlink()
    elif harm == "record torn":
        record.write_bytes(record.read_bytes()[:40])
    else:
        record.write_text(json.dumps({**json.loads(record.read_text()), "case": "B"}))
    (tmp_path / "cases/A").rename(tmp_path / "aside") if harm == "deleted" else None
    assert work(plan, tmp_path).document_sha256 == whole.document_sha256
    assert times_measured(plan) == ["A", "A"]


def test_a_refusal_stays_until_it_is_tried_again(tmp_path: Path) -> None:
    """With its code; what was measured is not tried again even then."""
    plan = plan_of("refused", folder=tmp_path)
    record = work(plan, tmp_path)
    assert (record.outcome, record.code) == (Outcome.REFUSED, "NO_CT")
    assert work(plan, tmp_path) == record
    work(plan, tmp_path, again=True)
    assert times_measured(plan) == ["refused"] * 2
    well = plan_of("A", folder=tmp_path / "well")
    work(well, tmp_path)
    work(well, tmp_path, again=True)
    assert times_measured(well) == ["A"]


def test_an_answer_to_other_files_does_not_outlive_their_refusal(tmp_path: Path) -> None:
    """No folder of numbers stays that the record does not speak of."""
    plan = plan_of("refused", folder=tmp_path)
    stale = tmp_path / "cases/refused"
    stale.mkdir(parents=True)
    (stale / "analysis.json").write_text("{}")
    work(plan, tmp_path)
    assert not stale.exists()


def test_a_scan_left_out_is_told(tmp_path: Path) -> None:
    """The others are measured; trying again takes it up."""
    plan = plan_of("partly", folder=tmp_path)
    record = work(plan, tmp_path)
    assert (record.outcome, record.code) == (Outcome.PARTLY, "SLICES_MISSING")
    assert record.outcome.has_result
    work(plan, tmp_path, again=True)
    assert times_measured(plan) == ["partly"] * 2


def test_a_full_disk_is_no_matter_of_the_case(tmp_path: Path) -> None:
    """It is told as what it is, and the case stays to do."""
    plan = plan_of("full", folder=tmp_path)
    with pytest.raises(OutputError, match="no space"):
        work(plan, tmp_path)
    assert Records(tmp_path).find("full") is None
