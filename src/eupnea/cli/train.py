"""`eupnea train`: a model of normal lung from a list of scans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eupnea.cli.arguments import OutFolder
from eupnea.errors import ExtraMissing

if TYPE_CHECKING:
    from eupnea.train.fit import Progress

DataFile = Annotated[
    Path,
    typer.Option(
        "--data", metavar="LIST", help="Data list (JSON): scans, masks, sources, licences."
    ),
]


def train(
    data: DataFile,
    out: OutFolder,
    *,
    minutes: Annotated[float, typer.Option(help="Length of the training.")] = 90.0,
    steps: Annotated[int | None, typer.Option(help="Length in steps instead.")] = None,
    target: Annotated[
        str,
        typer.Option(help="normal; chest: where the lungs lie; disease: a lesion network."),
    ] = "normal",
    seed: Annotated[int, typer.Option(help="Decides weights, samples and disease.")] = 1,
    batch: Annotated[int, typer.Option(help="Samples per step.")] = 4,
    scans_at_once: Annotated[
        int, typer.Option(help="Diseased scans that the samples of a batch are drawn from.", min=1)
    ] = 1,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="A family of disease never to be laid in.")
    ] = None,
    hold_out: Annotated[
        list[str] | None, typer.Option(help="A scan of the list to keep for evaluation, too.")
    ] = None,
    warm_start: Annotated[
        Path | None, typer.Option(help="Checkpoint (npz) or exported model (ONNX) to begin with.")
    ] = None,
    located_by: Annotated[
        Path | None,
        typer.Option(help="Exported model whose look at the whole chest is shown with the planes."),
    ] = None,
    learning_rate: Annotated[
        float, typer.Option(help="At the beginning; it falls to zero.")
    ] = 2e-3,
    bfloat16: Annotated[
        bool | None,
        typer.Option(help="Convolve in bfloat16; by default where the CPU has it."),
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads for the network.")] = 1,
) -> None:
    """Train a model of normal lung; an interrupted run goes on where it was.

    Example: `eupnea train --data lung.json --out runs/lung --minutes 120`
    """
    try:
        import torch

        from eupnea.train.cases import Datalist
        from eupnea.train.config import WIDTHS, Target, TrainingConfig
        from eupnea.train.fit import fit
        from eupnea.train.processor import has_bfloat16
    except ImportError as error:
        raise ExtraMissing("train", needed_for="training") from error
    torch.set_num_threads(threads)
    config = TrainingConfig(
        minutes=minutes,
        steps=steps,
        target=Target(target),
        widths=WIDTHS[Target(target)],
        bfloat16=has_bfloat16() if bfloat16 is None else bfloat16,
        usual_breath=True,
        located_by=located_by,
        seed=seed,
        batch=batch,
        scans_at_once=scans_at_once,
        learning_rate=learning_rate,
        left_out=tuple(leave_out or ()),
        held_out=tuple(hold_out or ()),
    )
    cases = Datalist.read(data).holding_out(config.held_out).load()
    fit(cases, out, config, warm_start=warm_start, on_progress=_show)


def _show(seen: Progress) -> None:
    typer.echo(
        f"step {seen.step:6d}  {seen.elapsed_s / 60:6.1f} min  loss {seen.loss:.3f}  "
        f"Dice roi {seen.roi_dice:.3f} normal {seen.normal_dice:.3f} "
        f"abnormal {seen.abnormal_dice:.3f}",
        err=True,
    )
