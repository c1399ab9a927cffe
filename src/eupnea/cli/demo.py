"""`eupnea demo`: a synthetic patient through the whole pipeline."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eupnea.cli.arguments import OutFolder

DEMO_SEED = 7

PATIENT = "synthetic-patient"
"""Name of the source in `run.json`; always the same, unlike the folder it lies in."""


def demo(
    out: OutFolder,
    seed: Annotated[int, typer.Option(help="Another seed, another patient.")] = DEMO_SEED,
    small: Annotated[bool, typer.Option(help="Coarser scans, made faster.")] = False,
    open_report: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the report in a browser.")
    ] = True,
) -> None:
    """Make a synthetic patient with three scans, measure it, and open the report.

    The scans are written as DICOM and read back, as a hospital's would be.

    Example: `eupnea demo --out demo-output`
    """
    from eupnea.cli.run import run
    from eupnea.phantom import make_patient, write_dicom
    from eupnea.write import check_output

    check_output(out)
    sys.stderr.write("making a synthetic patient ...\n")
    patient = make_patient(seed=seed, small=small)
    with TemporaryDirectory(prefix="eupnea-demo-") as folder:
        source = Path(folder) / PATIENT
        write_dicom(patient, source)
        analysis = run([source], out)
    for found, made in zip(analysis.scans, patient.scans, strict=True):
        sys.stderr.write(
            f"scan {found.index + 1}: abnormal {found.abnormal.volume_ml:.0f} ml measured, "
            f"{made.truth.abnormal.volume_ml:.0f} ml true\n"
        )
    report = (out / "report.html").resolve()
    sys.stderr.write(f"report: {report}\n")
    if open_report:
        webbrowser.open(report.as_uri())
