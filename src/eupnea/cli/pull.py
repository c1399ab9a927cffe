"""`eupnea pull`: a patient's CT from an image archive."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from eupnea.cli.arguments import DicomWeb, OutFolder


def pull(
    url: DicomWeb,
    patient: Annotated[
        str, typer.Option("--patient", metavar="ID", help="Patient ID.", show_default=False)
    ],
    out: OutFolder,
    study: Annotated[
        list[str] | None,
        typer.Option("--study", metavar="UID", help="Only this study; may be given again."),
    ] = None,
) -> None:
    """Fetch the CT series of a patient from a DICOMweb archive into a folder.

    Interrupted, the same command goes on where it stopped. Credentials come
    from EUPNEA_DICOMWEB_USER and EUPNEA_DICOMWEB_PASSWORD, from
    EUPNEA_DICOMWEB_TOKEN, or from netrc.

    Example: `eupnea pull --dicomweb https://pacs.example/dicom-web --patient 4711 --out ct`
    """
    from eupnea.cli.progress import Watch
    from eupnea.errors import Refusal, RefusalCode
    from eupnea.pacs import Archive
    from eupnea.pacs import pull as fetch

    archive = Archive(url)
    found = [one for one in archive.studies(patient_id=patient) if not study or one.uid in study]
    if not found:
        raise Refusal(
            RefusalCode.NO_CT,
            expected="CT studies of the patient",
            found="none",
            where=archive.server,
        )
    with Watch() as progress:
        slices = fetch(archive, found, out, progress=progress)
    sys.stderr.write(f"{len(found)} studies in {out}, {slices} slices fetched now\n")
