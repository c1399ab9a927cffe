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
    chest: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a training with the target chest; goes beside the planes, in place of "
            "the one that they were taught beside, if any."
        ),
    ] = None,
    mean_with: Annotated[
        list[Path] | None,
        typer.Option(
            help="Exported model (ONNX, its card beside it), trained on from the same one: what is "
            "written is the mean of all. Repeatable; one that is named twice counts twice."
        ),
    ] = None,
    *,
    chest_mean: Annotated[
        int,
        typer.Option(
            help="Take the mean of that and of the one whose place it takes, in which it counts so "
            "many times; 0 for no mean.",
            min=0,
        ),
    ] = 0,
    calibrate: Annotated[
        bool, typer.Option(help="Fit the certainty to the healthy scans of the training.")
    ] = True,
    false_share: Annotated[
        float | None,
        typer.Option(
            help="Then move the cut to where this share of aerated training lung, on average, is "
            "called abnormal.",
            min=0.0,
            max=0.5,
        ),
    ] = None,
    interval: Annotated[
        bool,
        typer.Option(
            help="Then learn how far the interval of the abnormal volume must reach, from "
            "synthetic disease in the scans held out: ten seconds or so a family and scan."
        ),
    ] = False,
) -> None:
    """Write a trained model as ONNX with its card: data, licences, figures, limits, sha256.

    Example: `eupnea export runs/lung --data lung.json --out runs/lung/model`
    """
    try:
        from eupnea.train import calibrate_model, export_chest, mean
        from eupnea.train import export as exporting
        from eupnea.train.cases import Health
        from eupnea.train.config import TrainingConfig
    except ImportError as error:
        raise ExtraMissing("train", needed_for="export") from error
    measured = json.loads(metrics.read_text()) if metrics else {}
    facts = exporting.Facts(name=name, version=version, metrics=measured)
    card = exporting.export(run, data, out, facts)
    config, onnx = TrainingConfig.read(run), out / f"{card.name}.onnx"
    if mean_with:
        card = mean.mean_with(onnx, mean_with)
    if chest is not None:
        card = export_chest.add_chest(chest, data, onnx, mean=chest_mean)
    typer.echo(f"{onnx}  sha256 {card.sha256}")
    if calibrate:
        healthy = calibrate_model.training_cases(config, data, Health.ALL)
        card = calibrate_model.calibrate_card(onnx, healthy, config.families)
    if false_share is not None:
        aerated = calibrate_model.training_cases(config, data, Health.AERATED)
        card = calibrate_model.cut_card(onnx, aerated, false_share=false_share)
    if interval:
        card = calibrate_model.widen_card(onnx, calibrate_model.held_out_cases(config, data))
        typer.echo(f"interval: {card.margins}")
    found = card.calibration
    typer.echo(
        f"calibration: slope {found.slope}, shift {found.shift}, {found.shift_per_hu} more per HU"
    )
