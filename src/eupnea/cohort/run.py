"""All cases of a cohort, each measured once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from eupnea.cohort.engine import Engine, is_death
from eupnea.cohort.plan import CohortPlan, check_folder
from eupnea.cohort.record import Record, Records
from eupnea.cohort.report import write_report
from eupnea.cohort.work import Measure, measure_case
from eupnea.errors import ModelError, OutputError
from eupnea.outcome import DIED, End, Outcome
from eupnea.progress import Progress, Step, unwatched
from eupnea.write.alone import alone_in


def run_cohort(
    plan: CohortPlan,
    folder: Path,
    *,
    measure: Measure,
    engine: Engine | None = None,
    again: Collection[str] = (),
    progress: Progress = unwatched,
) -> tuple[Record, ...]:
    """Measures each case of a cohort, and writes its tables and its report.

    A case that was measured before from the same files, with the same settings and by the
    same version, is not measured again. Whatever stops a run, the next one goes on.

    Args:
        plan: The cases, and the settings that hold for all.
        folder: The cohort's folder; new, empty, or that of an earlier run.
        measure: Analyzes one case.
        engine: Where; `None` means processes of this machine.
        again: Names of cases that are tried again although they were refused, or broke down.
        progress: Called before each.

    Returns:
        What became of each case, in the order of the plan.

    Raises:
        UsageError: The folder holds something else, or another run works in it.
        OutputError: The folder cannot be written; cases that are done stay done.
        ModelError: The model is missing or altered.
    """
    check_folder(folder)
    with alone_in(folder, work="run"):
        plan.write(folder)
        ended: dict[str, Record] = {}
        progress(Step(name="measuring the cases", done=0, total=len(plan.cases)))
        for record in _each(plan, folder, measure, engine or Engine(), again):
            ended[record.case] = record
            progress(Step(name=record.case, done=len(ended), total=len(plan.cases)))
        records = tuple(ended[case.name] for case in plan.cases)
        write_report(plan, folder)
    return records


def _each(
    plan: CohortPlan, folder: Path, measure: Measure, engine: Engine, again: Collection[str]
) -> Iterator[Record]:
    calls = {
        case.name: partial(
            measure_case, case, plan.settings, folder.absolute(), measure, again=case.name in again
        )
        for case in plan.cases
    }
    records = Records(folder)
    for name, answer in engine.each_done(calls):
        if isinstance(answer, Record):
            yield answer
        else:
            record = _failed(name, answer)
            records.discard_result(name)
            records.add(record)
            yield record


def _failed(name: str, error: BaseException) -> Record:
    """What is remembered of a breakdown: its kind and place; a message may tell who the patient is.

    Raises:
        BaseException: The error itself, when it is not of the case: a full disk, a missing model.
    """
    if isinstance(error, OutputError | ModelError):
        raise error
    if is_death(error):
        text = "its process died, twice; most often a case needs more memory than there is"
        return Record(case=name, outcome=Outcome.FAILED, code=DIED, text=text)
    return Record.told(name, End.by(error))
