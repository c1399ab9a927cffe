"""`eupnea watch`: each new chest CT of an archive, measured and answered there."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from eupnea.cli.arguments import DicomWeb
from eupnea.cli.methods import NormalMethod


def watch(
    url: DicomWeb,
    folder: Annotated[
        Path,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="Remembers what is done; holds the results.",
            show_default=False,
        ),
    ],
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="D",
            help="First study date to look at; the day of the first start if not given.",
        ),
    ] = None,
    every: Annotated[
        float, typer.Option(min=0.1, metavar="S", help="Seconds between two looks.")
    ] = 60.0,
    settle: Annotated[
        float,
        typer.Option(min=0.0, metavar="S", help="Seconds without a new slice before a study."),
    ] = 120.0,
    once: Annotated[bool, typer.Option("--once", help="End when no study is left to do.")] = False,
    normal: NormalMethod = None,
) -> None:
    """Measure each new chest CT of a DICOMweb archive with its priors; store SEG and SR there.

    Each study is done once, also over restarts. Credentials are found as for
    `eupnea pull`.

    Example: `eupnea watch --dicomweb https://pacs.example/dicom-web --folder watch`
    """
    from functools import partial

    from eupnea.cli.run import run
    from eupnea.pacs import Archive, Watching
    from eupnea.pacs import watch as keep_watch

    how = Watching(
        folder=folder,
        since=None if since is None else since.date(),
        every_s=every,
        settle_s=settle,
        is_once=once,
    )
    keep_watch(Archive(url), how, partial(run, normal=normal), tell=_tell)


def _tell(line: str) -> None:
    sys.stderr.write(f"{datetime.now().astimezone():%H:%M:%S} {line}\n")
