"""`eupnea export`: a training's result as ONNX and card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eupnea.cli.arguments import OutFolder
from eupnea.cli.train import DataFile
from eupnea.errors import ExtraMissing


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `train` wrote.")],
    data: DataFile,
    out: OutFolder,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "eupnea-lung",
    version: Annotated[str, typer.Option("--model-version", help="Version of the model.")] = "1",
    metrics: Annotated[
        Path | None, typer.Option(help="JSON of measured figures, for the card.")
    ] = None,
    *,
    calibrate: Annotated[
        bool, typer.Option(help="Fit the certainty to the healthy scans of the training.")
    ] = True,
) -> None:
    """Write a trained model as ONNX with its card: data, licences, figures, limits, sha256.

    Example: `eupnea export runs/lung --data lung.json --out runs/lung/model`
    """
    try:
        from eupnea.train.export import Facts, calibrate_card, calibration_cases
        from eupnea.train.export import export as write
        from eupnea.train.fit import TrainingConfig
    except ImportError as error:
        raise ExtraMissing("train", needed_for="export") from error
    measured = json.loads(metrics.read_text()) if metrics else {}
    card = write(run, data, out, Facts(name=name, version=version, metrics=measured))
    typer.echo(f"{out / card.name}.onnx  sha256 {card.sha256}")
    if calibrate:
        config = TrainingConfig.read(run)
        cases = calibration_cases(config, data)
        fitted = calibrate_card(out / f"{card.name}.onnx", cases, config.families)
        typer.echo(
            f"calibration: slope {fitted.calibration.slope}, shift {fitted.calibration.shift}"
        )
