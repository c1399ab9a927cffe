"""`eupnea label`: which side of each image to label, and the labels taken back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from eupnea.cli.analyze import PARTLY_DONE
from eupnea.cli.arguments import OutFolder
from eupnea.cli.methods import NormalMethod, RoiMasks, Weights
from eupnea.errors import Refusal
from eupnea.label.plan import LabelType, SizeMeasure, Strategy, Thresholds

DEFAULTS = Thresholds()

label_app = typer.Typer(
    help="Decide which side of each image to label, and take drawn labels back.",
    no_args_is_help=True,
)


@label_app.command()
def plan(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            help="One patient each: a DICOM folder or zip, one image file, or a folder of them.",
            show_default=False,
        ),
    ],
    out: OutFolder,
    *,
    normal: NormalMethod = None,
    model: Weights = None,
    roi: RoiMasks = None,
    labelled: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The learning set so far: its images come last, and what is unlike them first.",
        ),
    ] = None,
    strategy: Annotated[
        Strategy, typer.Option(help="What decides on the side.")
    ] = Strategy.THRESHOLDS,
    size_ml: Annotated[
        float, typer.Option(help="From this size on, regions are large.")
    ] = DEFAULTS.size_ml,
    measure: Annotated[SizeMeasure, typer.Option(help="What the size is of.")] = DEFAULTS.measure,
    count: Annotated[
        int, typer.Option(help="From this number on, regions are many.")
    ] = DEFAULTS.count,
    share: Annotated[
        float, typer.Option(help="From this share of the organ on, many regions are spread.")
    ] = DEFAULTS.fraction,
) -> None:
    """Decide which side of each image to label, and write a worklist with prelabels.

    Candidates are the organ without the normal region that a method or a model finds:
    after a first training, give the new model to plan the next images with it.

    Example: `eupnea label plan patient1/ patient2/ scan.nii.gz --out to-label`
    """
    from eupnea.cli.progress import Watch
    from eupnea.label.planning import plan_labels
    from eupnea.segment import find_organ

    cuts = Thresholds(size_ml=size_ml, count=count, fraction=share, measure=measure)
    with Watch() as watch:
        organ = find_organ(normal=normal, weights=model, roi=roi or ())
        worklist = plan_labels(
            sources,
            out,
            organ=organ,
            thresholds=cuts,
            strategy=strategy,
            labelled=labelled,
            progress=watch,
        )
    sides = [item.label_type for item in worklist.items]
    sys.stderr.write(
        f"{len(sides)} images, {sides.count(LabelType.NORMAL)} to draw normal; "
        f"open {out / 'worklist.html'}\n"
    )
    for left_out in worklist.left_out:
        sys.stderr.write(f"eupnea: left out {left_out.source}: {left_out.text}\n")
    if worklist.left_out:
        raise typer.Exit(PARTLY_DONE)


@label_app.command()
def collect(
    plan_folder: Annotated[
        Path,
        typer.Argument(
            metavar="PLAN", help="The folder that eupnea label plan wrote.", show_default=False
        ),
    ],
    out: OutFolder,
    reader: Annotated[str, typer.Option(help="Who drew, by name or initials.", show_default=False)],
    drawn: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DRAWN...",
            help="Label files, or folders of them; the plan's own folder when absent.",
            show_default=False,
        ),
    ] = None,
    *,
    drawn_slices_only: Annotated[
        bool,
        typer.Option(
            "--drawn-slices-only",
            help="Slices on which nothing was drawn were not judged, whichever side was drawn.",
        ),
    ] = False,
) -> None:
    """Take drawn labels back: check, version, and write the lists to train from.

    A bad file is named and the others are taken. Run it again, with the same
    --out, for another reader or after more was drawn. Where two readers drew
    one image, says how far they agree; what they do not agree on is not learnt.

    Example: `eupnea label collect to-label drawn/ --reader AB --out learning-set`
    """
    from eupnea.label.collecting import collect_labels

    when = datetime.now(UTC).replace(microsecond=0)
    found = collect_labels(
        plan_folder,
        drawn or [plan_folder],
        out,
        reader=reader,
        when=when,
        drawn_slices_only=drawn_slices_only,
    )
    for problem in found.problems:
        sys.stderr.write(f"eupnea: {problem.file}: {problem.text}\n")
    for record in found.added:
        for note in record.notes:
            sys.stderr.write(f"{record.case}: {note}\n")
    for pair in found.pairs:
        sys.stderr.write(f"{pair.case}: {pair.sentence}\n")
    sys.stderr.write(
        f"{len(found.added)} labels added, {len(found.known)} known already, "
        f"{len(found.untouched)} not drawn yet, {len(found.problems)} refused\n"
    )
    if found.problems:
        raise typer.Exit(PARTLY_DONE if found.added or found.known else Refusal.exit_code)
