"""`eupnea phantom`: a synthetic patient over time, and its truth."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from eupnea.cli.arguments import OutFolder


class Format(StrEnum):
    """How the scans are written."""

    DICOM = "dicom"
    NIFTI = "nifti"


def phantom(
    out: OutFolder,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another patient.")],
    small: Annotated[bool, typer.Option("--small", help="Coarser scans, made faster.")] = False,
    scans: Annotated[int, typer.Option(min=1, help="How many, some weeks apart.")] = 3,
    file_format: Annotated[
        Format, typer.Option("--format", help="How the scans are written.")
    ] = Format.DICOM,
    extra_series: Annotated[
        bool, typer.Option("--extra-series", help="DICOM: add localizers and thick slices.")
    ] = False,
) -> None:
    """Write a synthetic patient over time and everything that is true of it.

    The scans go to `scans`, truth.json and the true masks to `truth`, in the output folder.

    Example: `eupnea phantom --out patient --seed 7 --small --format nifti`
    """
    from eupnea.errors import OutputError
    from eupnea.phantom import make_patient, write_dicom, write_nifti, write_truth

    sys.stderr.write("making a synthetic patient ...\n")
    patient = make_patient(seed=seed, small=small, scans=scans)
    try:
        if file_format is Format.DICOM:
            write_dicom(patient, out / "scans", extra_series=extra_series)
        else:
            write_nifti(patient, out / "scans")
        write_truth(patient, out / "truth")
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror}") from error
    sys.stderr.write(f"scans: {out / 'scans'}\ntruth: {out / 'truth' / 'truth.json'}\n")
