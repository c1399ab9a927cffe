"""`eupnea push`: results into an image archive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from eupnea.cli.arguments import DicomWeb


def push(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT",
            help="An output folder of `eupnea analyze`, or one DICOM file.",
            show_default=False,
        ),
    ],
    url: DicomWeb,
) -> None:
    """Store the DICOM objects of results (SEG and SR) in a DICOMweb archive.

    What the archive holds already is not sent again. Credentials are found as
    for `eupnea pull`.

    Example: `eupnea push result --dicomweb https://pacs.example/dicom-web`
    """
    from eupnea.cli.progress import Watch
    from eupnea.pacs import Archive
    from eupnea.pacs import push as store

    with Watch() as progress:
        pushed = store(Archive(url), results, progress=progress)
    sys.stderr.write(f"{pushed.stored} objects stored, {pushed.known} were there before\n")
