"""`eupnea cohort`: many patients, each measured once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eupnea.cli.analyze import PARTLY_DONE, limits_of
from eupnea.cli.arguments import (
    DEFAULT_KEY,
    Affine,
    AsJson,
    ChangeFloor,
    ChangeLimit,
    Deidentify,
    FillGaps,
    Harmonise,
    KeyFile,
    NiftiAffine,
    OutFolder,
    SamePatient,
    Seg,
    SegKind,
    read_options,
)
from eupnea.cli.methods import NormalMethod, Weights
from eupnea.errors import Refusal

if TYPE_CHECKING:
    from eupnea.analysis import Analysis
    from eupnea.cohort import CohortCase, CohortPlan, Engine, Record, Settings

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="The folder that eupnea cohort run wrote.", show_default=False
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        "-j",
        min=1,
        metavar="N",
        help="Patients at once on this machine.",
        show_default="one for every two cores",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="URL",
        help="A running Dask cluster that sees the same files (tcp://host:8786).",
        show_default=False,
    ),
]

cohort_app = typer.Typer(help="Measure many patients, each once.", no_args_is_help=True)


@cohort_app.command()
def run(
    cohort: Annotated[
        Path,
        typer.Argument(
            metavar="COHORT",
            help="A folder with a folder, zip or image file for each patient; or a table (.csv) "
            "with the columns case, source and, where sources do not say it, date.",
            show_default=False,
        ),
    ],
    out: OutFolder,
    *,
    workers: Workers = None,
    scheduler: Scheduler = None,
    normal: NormalMethod = None,
    model: Weights = None,
    seg: Seg = SegKind.BINARY,
    fill_gaps: FillGaps = False,
    same_patient: SamePatient = False,
    nifti_affine: NiftiAffine = None,
    harmonise: Harmonise = False,
    change_limit: ChangeLimit = None,
    change_floor: ChangeFloor = 30.0,
    deidentify: Deidentify = False,
    key: KeyFile = DEFAULT_KEY,
) -> None:
    """Measure each patient of a cohort, and write one report and one set of tables.

    Patients that are done are not measured again, unless their files or the options
    changed; whatever stops a run, the same command goes on.

    Example: `eupnea cohort run patients/ --out cohort`

    Example: `eupnea cohort run patients.csv --out cohort --workers 4`
    """
    from eupnea.cohort import CohortPlan, Settings, read_listing
    from eupnea.deidentify import Key

    cases = read_listing(cohort)
    if deidentify:
        secret = Key.of_file(key)
        cases = tuple(
            case.model_copy(update={"name": secret.pseudonym(case.name)}) for case in cases
        )
    settings = Settings(
        normal=normal,
        model=model.resolve() if model else None,
        seg=seg.value,
        fill_gaps=fill_gaps,
        same_patient=same_patient,
        nifti_affine=nifti_affine.value if nifti_affine else None,
        harmonise=harmonise,
        change_limit=change_limit,
        change_floor=change_floor,
        deidentify=deidentify,
        key=key.resolve() if deidentify else None,
    )
    plan = CohortPlan(settings=settings, cases=tuple(sorted(cases, key=lambda case: case.name)))
    _run(plan, out, _engine(workers, scheduler))


@cohort_app.command()
def status(folder: Folder, *, as_json: AsJson = False) -> None:
    """Say how many patients are measured, refused, broken down, or to do.

    Example: `eupnea cohort status cohort`
    """
    import json

    from eupnea.cohort import CohortPlan, Records

    plan, records = CohortPlan.read(folder), Records(folder)
    found = {case.name: records.find(case.name) for case in plan.cases}
    tally = Counter(record.outcome.value if record else "to do" for record in found.values())
    if as_json:
        told = {name: r.model_dump(mode="json") if r else None for name, r in found.items()}
        sys.stdout.write(json.dumps({"cases": told, "count": tally}, indent=2) + "\n")
        return
    sys.stdout.write(f"{len(plan.cases)} patients: {_listed(tally)}\n")
    for record in found.values():
        if record is not None and record.code is not None:
            sys.stdout.write(f"{_line(record)}\n")


@cohort_app.command()
def retry(
    folder: Folder,
    *,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="NAME", help="Only this one.", show_default="all of them"),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Try those again that were refused or broke down, with the options of the first run.

    Example: `eupnea cohort retry cohort --workers 1`
    """
    from eupnea.cohort import CohortPlan
    from eupnea.errors import UsageError

    plan = CohortPlan.read(folder)
    names = {one.name for one in plan.cases}
    if unknown := sorted(set(case or ()) - names):
        raise UsageError(f"no case named {', '.join(unknown)} in {folder}")
    _run(plan, folder, _engine(workers, scheduler), again=set(case) if case else names)


@cohort_app.command()
def report(folder: Folder) -> None:
    """Write the tables and the report anew, of what is done so far.

    Example: `eupnea cohort report cohort`
    """
    from eupnea.cohort import CohortPlan, write_report

    write_report(CohortPlan.read(folder), folder)


def measure(case: CohortCase, settings: Settings, out: Path) -> Analysis:
    """Analyze one patient, as `eupnea analyze` does, in the process of a worker."""
    from eupnea.cli.run import run as analyze
    from eupnea.deidentify import Key
    from eupnea.write import SegmentationType

    return analyze(
        case.sources,
        out,
        dates=case.dates,
        normal=settings.normal,
        weights=settings.model,
        reading=read_options(
            fill_gaps=settings.fill_gaps,
            same_patient=settings.same_patient,
            nifti_affine=Affine(settings.nifti_affine) if settings.nifti_affine else None,
            harmonise=settings.harmonise,
        ),
        key=Key.of_file(settings.key) if settings.deidentify and settings.key else None,
        limits=limits_of(settings.change_limit, settings.change_floor),
        segmentation=SegmentationType[settings.seg.upper()],
        quiet=True,
    )


def _engine(workers: int | None, scheduler: str | None) -> Engine:
    from eupnea.cohort import Engine
    from eupnea.errors import UsageError

    if workers is not None and scheduler is not None:
        raise UsageError("--workers is for this machine; a cluster has its own")
    return Engine(workers=workers, scheduler=scheduler)


def _run(plan: CohortPlan, out: Path, engine: Engine, *, again: Collection[str] = ()) -> None:
    from eupnea.cli.progress import Watch
    from eupnea.cohort import Outcome, run_cohort
    from eupnea.segment import find_organ

    find_organ(normal=plan.settings.normal, weights=plan.settings.model)
    with Watch() as watch:
        records = run_cohort(plan, out, measure=measure, engine=engine, again=again, progress=watch)
    tally = Counter(record.outcome.value for record in records)
    sys.stderr.write(f"{len(records)} patients: {_listed(tally)}; open {out / 'cohort.html'}\n")
    for record in records:
        if record.code is not None:
            sys.stderr.write(f"eupnea: {_line(record)}\n")
    if not any(record.outcome.has_result for record in records):
        raise typer.Exit(Refusal.exit_code)
    if any(record.outcome is not Outcome.MEASURED for record in records):
        raise typer.Exit(PARTLY_DONE)


def _listed(tally: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(tally.items()))


def _line(record: Record) -> str:
    return f"{record.case}: {record.outcome}: {record.text or record.code}"
