"""A network trained for a bench, cut as the shipped model is."""

from __future__ import annotations

from pathlib import Path

from eupnea.organ import Organ
from eupnea.segment.model import load
from eupnea.segment.model_organ import organ_of
from eupnea.train.calibrate_model import cut_card, training_cases
from eupnea.train.cases import Datalist, Health
from eupnea.train.config import TrainingConfig
from eupnea.train.export import Facts, export
from eupnea.train.fit import fit

FALSE_SHARE = 0.01
"""Of the lungs trained on that may be called abnormal: where the shipped model is cut, too."""


def trained(
    data: Path, run: Path, config: TrainingConfig, *, warm_start: Path | None = None
) -> Organ:
    """Trains in the folder `run`, exports and cuts; goes on where it was stopped.

    Args:
        data: The data list.
        run: Folder of the training; `model` in it receives the exported network.
        config: Decides the training.
        warm_start: Checkpoint of another run whose weights to begin with.
    """
    onnx = run / "model" / "network.onnx"
    done = onnx.with_suffix(".cut")
    if not done.exists():
        cases = Datalist.read(data).holding_out(config.held_out).load()
        fit(cases, run, config, warm_start=warm_start)
        export(run, data, onnx.parent, Facts(name=onnx.stem, version="1"))
        lungs = training_cases(config, data, Health.AERATED)
        card = cut_card(onnx, lungs, false_share=FALSE_SHARE)
        done.write_text(f"{card.calibration.shift}\n")
    return organ_of(load(onnx))
