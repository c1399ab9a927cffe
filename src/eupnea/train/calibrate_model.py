"""Calibrates an exported model by its training's own scans: its card is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eupnea.segment.card import ModelCard
from eupnea.segment.model import load
from eupnea.segment.model_organ import organ_of
from eupnea.train.calibrate import calibrate, set_cut
from eupnea.train.cases import Case, Datalist, Health, load_case
from eupnea.train.config import TrainingConfig
from eupnea.train.disease import FAMILIES, Family
from eupnea.train.disease.untaught import UNTAUGHT
from eupnea.train.margins import fit_margins, trials


def training_cases(config: TrainingConfig, data: Path, health: Health) -> list[Case]:
    """The scans of one kind that a run was trained on; what is held out is left to judge by.

    The healthy ones calibrate: in others real disease would count as normal,
    and teach the model to doubt what it rightly calls abnormal.
    """
    datalist = Datalist.read(data).holding_out(config.held_out)
    chosen = [e for e in datalist.cases if e.health is health and not e.hold_out]
    return [load_case(datalist.root, entry) for entry in chosen]


def held_out_cases(config: TrainingConfig, data: Path) -> list[Case]:
    """The scans of a data list that a run was not trained on, by the list or by the run."""
    return Datalist.read(data).holding_out(config.held_out).load(hold_out=True)


def calibrate_card(onnx: Path, cases: Sequence[Case], families: Sequence[Family]) -> ModelCard:
    """Fits the card beside an ONNX file to healthy lungs, and writes it anew."""
    model = load(onnx)
    calibration = calibrate(model, cases, families)
    return model.card.rewritten(onnx.with_suffix(".json"), {"calibration": calibration})


def cut_card(onnx: Path, cases: Sequence[Case], *, false_share: float) -> ModelCard:
    """Sets the cut of the card beside an ONNX file by lungs known to be normal; see `set_cut`."""
    model = load(onnx)
    calibration = set_cut(model, model.card.calibration, cases, false_share=false_share)
    return model.card.rewritten(onnx.with_suffix(".json"), {"calibration": calibration})


def widen_card(onnx: Path, cases: Sequence[Case]) -> ModelCard:
    """Sets the margins of the card beside an ONNX file by lungs that it was not trained on.

    Every family of synthetic disease is laid into them, those that no training teaches, too.

    Raises:
        UsageError: With too few lungs; see `fit_margins`.
    """
    model = load(onnx)
    families = (*FAMILIES.values(), *UNTAUGHT.values())
    tried = trials(organ_of(model), cases, families)
    margins = fit_margins([trial.answer() for trial in tried])
    return model.card.rewritten(onnx.with_suffix(".json"), {"margins": margins})
