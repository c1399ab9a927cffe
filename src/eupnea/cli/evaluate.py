"""`eupnea evaluate`: a model on lungs that it was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eupnea.cli.arguments import OutFolder
from eupnea.cli.train import DataFile

if TYPE_CHECKING:
    from eupnea.train.evaluate import Row


def evaluate(
    data: DataFile,
    out: OutFolder,
    model: Annotated[
        Path | None,
        typer.Option(help="ONNX file with its card, or a folder of both; else the shipped one."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides the disease laid in.")] = 7,
    *,
    untaught: Annotated[
        bool, typer.Option(help="Lay in families of disease that no model is ever taught.")
    ] = False,
) -> None:
    """Judge a model on the scans its data list holds out, healthy and with laid-in disease.

    Writes `scores.csv` and one picture per row.

    Example: `eupnea evaluate --data lung.json --model runs/lung/model --out runs/lung/scores`
    """
    from eupnea.segment.model import load
    from eupnea.segment.model_organ import organ_of
    from eupnea.train.cases import Datalist
    from eupnea.train.disease.families import FAMILIES
    from eupnea.train.disease.untaught import UNTAUGHT
    from eupnea.train.evaluate import evaluate as judge

    cases = Datalist.read(data).load(hold_out=True)
    families = tuple((UNTAUGHT if untaught else FAMILIES).values())
    judge(organ_of(load(model)), cases, out, families=families, seed=seed, on_row=_show)


def _show(row: Row) -> None:
    typer.echo(
        f"{row.case:12s} {row.disease:18s} roi Dice {row.roi_dice:.3f}  "
        f"abnormal {100 * row.abnormal_share:6.2f} % (true {100 * row.true_share:.2f} %)  "
        f"Dice {row.abnormal_dice:.3f}, within 10 mm {row.near_dice:.3f}"
    )
