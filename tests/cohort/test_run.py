"""A cohort through everything that can stop it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from eupnea.cohort import CohortPlan, Engine, Outcome, Record, Records, run_cohort
from eupnea.errors import OutputError, UsageError
from eupnea.progress import Step
from eupnea.write.alone import alone_in
from support.cohorts import PATIENT, measure_by_name, plan_of, times_measured

NAMES = ("A", "B", "breaks", "dies", "partly", "refused")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A cohort in which everything happens."""

    plan: CohortPlan
    folder: Path
    records: dict[str, Record]
    steps: list[Step]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Run once, for all to look at."""
    folder = tmp_path_factory.mktemp("cohort")
    plan, steps = plan_of(*NAMES, folder=folder), list[Step]()
    records = run(plan, folder / "out", steps)
    return Ended(plan=plan, folder=folder / "out", records=records, steps=steps)


def run(plan: CohortPlan, out: Path, steps: list[Step] | None = None) -> dict[str, Record]:
    """All cases, one process at a time."""
    progress = [] if steps is None else steps
    records = run_cohort(
        plan, out, measure=measure_by_name, engine=Engine(workers=1), progress=progress.append
    )
    return {record.case: record for record in records}


def tree(folder: Path) -> dict[str, str]:
    """All files that tell of the answer, by their content; records tell times, too."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent.name != "records"
    }


def test_one_bad_case_loses_no_other(ended: Ended) -> None:
    """Refusals, errors and deaths are told, the others are measured."""
    outcomes = {name: (record.outcome, record.code) for name, record in ended.records.items()}
    assert outcomes == {
        "A": (Outcome.MEASURED, None),
        "B": (Outcome.MEASURED, None),
        "breaks": (Outcome.FAILED, "ValueError"),
        "dies": (Outcome.FAILED, "PROCESS_DIED"),
        "partly": (Outcome.PARTLY, "SLICES_MISSING"),
        "refused": (Outcome.REFUSED, "NO_CT"),
    }
    assert sorted(path.name for path in (ended.folder / "cases").iterdir()) == ["A", "B", "partly"]


def test_a_breakdown_tells_where_and_never_who(ended: Ended) -> None:
    """An error's own words may hold a patient's name."""
    assert "ValueError in work.py, line" in ended.records["breaks"].text
    told = "".join(path.read_text() for path in ended.folder.glob("*.*"))
    assert PATIENT not in told + (ended.folder / "records/breaks.json").read_text()


def test_progress_counts_the_cases(ended: Ended) -> None:
    """From none to all."""
    assert [step.done for step in ended.steps] == list(range(len(NAMES) + 1))
    assert {step.total for step in ended.steps} == {len(NAMES)}


def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    """A full disk stops the first; the next measures what is left, and leaves the rest."""
    well = plan_of("A", "B", "partly", "refused", folder=tmp_path)
    stopped = plan_of("A", "full", "refused", folder=tmp_path)
    with pytest.raises(OutputError, match="no space"):
        run(stopped, tmp_path / "out")
    assert Records(tmp_path / "out").find("full") is None
    run(well, tmp_path / "out")
    assert times_measured(well).count("A") == 1
    run(well, tmp_path / "clean")
    assert tree(tmp_path / "out") == tree(tmp_path / "clean")


def test_what_is_done_is_left_alone(ended: Ended) -> None:
    """Run again, only what broke down is measured: its record tells of no files."""
    before, times = tree(ended.folder), times_measured(ended.plan)
    stamps = {path: path.stat().st_mtime_ns for path in (ended.folder / "cases").rglob("*")}
    run(ended.plan, ended.folder)
    again = times_measured(ended.plan)[len(times) :]
    assert set(again) == {"breaks", "dies"}
    assert tree(ended.folder) == before
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}


def test_a_breakdown_leaves_no_older_answer(tmp_path: Path) -> None:
    """What lay there told of other files, or of other options."""
    plan, stale = plan_of("breaks", folder=tmp_path), tmp_path / "out" / "cases" / "breaks"
    stale.mkdir(parents=True)
    plan.write(tmp_path / "out")
    (stale / "analysis.json").write_text("{}")
    assert run(plan, tmp_path / "out")["breaks"].outcome is Outcome.FAILED
    assert not stale.exists()


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second is told so, and touches nothing."""
    plan = plan_of("A", folder=tmp_path)
    with alone_in(tmp_path / "out", work="run"), pytest.raises(UsageError, match="another run"):
        run_cohort(plan, tmp_path / "out", measure=measure_by_name, engine=Engine(workers=1))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    """A cohort is not written among foreign files, nor over one."""
    plan = plan_of("A", folder=tmp_path)
    for out in (tmp_path / "sources", tmp_path / "sources" / "A"):
        with pytest.raises(UsageError, match=r"not an earlier cohort|is a file"):
            run_cohort(plan, out, measure=measure_by_name, engine=Engine(workers=1))


def test_a_cohort_is_read_as_it_was_written(ended: Ended, tmp_path: Path) -> None:
    """And what is none is told."""
    assert CohortPlan.read(ended.folder) == ended.plan
    with pytest.raises(UsageError, match="is no cohort"):
        CohortPlan.read(tmp_path)
    (tmp_path / "cohort.json").write_text("{}")
    with pytest.raises(UsageError, match="is not what"):
        CohortPlan.read(tmp_path)
