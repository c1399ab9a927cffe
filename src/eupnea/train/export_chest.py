"""A network that looks at the whole chest, beside an exported one of planes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from eupnea.errors import ModelError
from eupnea.segment.card import Fact, ModelCard, sha256_of
from eupnea.segment.chest import WINDOWS_HU
from eupnea.segment.model import chest_path, onnx_of, open_chest
from eupnea.train.cases import Datalist
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.held_out import HELD_OUT, check_held_out, held_out
from eupnea.train.mean import write_mean
from eupnea.train.onnx_export import Shares, check_answers, write_onnx

CHEST_SUMMARY = (
    " A second network looks at the whole chest at 8 mm, for where lungs lie that are filled up."
)

LOCATED_SUMMARY = " What it says is shown to the first one beside the planes."

CHEST_FACTS = ("chest_steps", "chest_minutes")
"""What a card says of the training of the second network."""

TAUGHT_BESIDE = "taught_beside_chest_sha256"
"""Where a card says beside which chest its planes were taught, if that is not the one it names."""


def take_chest(model: Path, onnx: Path) -> ModelCard:
    """Copies a model's network of the whole chest beside another, and names it on the card.

    Args:
        model: A model of two networks.
        onnx: The network of planes that was taught beside its second one, its card beside it.

    Raises:
        ModelError: If the model held out other scans than the network of planes.
    """
    source = onnx_of(model)
    theirs, card = (ModelCard.read(path.with_suffix(".json")) for path in (source, onnx))
    check_held_out(theirs.training.get(HELD_OUT), card)
    shutil.copyfile(chest_path(source), chest_path(onnx))
    spent = {key: value for key, value in theirs.training.items() if key in CHEST_FACTS}
    return _with_chest(card, onnx, spent)


def add_chest(run: Path, data: Path, onnx: Path, *, mean: int = 0) -> ModelCard:
    """Writes the network that looks at a whole chest beside another, and names it on the card.

    Planes that were taught with another beside them may be given one that went on
    from that; the card tells which it was.

    Args:
        run: Folder of a training with the target `chest`.
        data: The data list that it was trained on.
        onnx: The network of planes, its card beside it.
        mean: Write the mean with the one that lies there, in which the trained one counts
            so many times; 0 for no mean.

    Raises:
        ModelError: If the run was taught something else, held out other
            scans than the network of planes, has no checkpoint, the exported
            network answers otherwise than the trained one, or there is no other
            to take the mean with.
    """
    config = TrainingConfig.read(run)
    if config.target is not Target.CHEST:
        raise ModelError(f"expected a training of {Target.CHEST}, found one of {config.target}")
    card = ModelCard.read(onnx.with_suffix(".json"))
    if mean and card.chest_sha256 is None:
        raise ModelError(f"expected a chest beside {onnx.name} to take the mean with, found none")
    check_held_out(held_out(Datalist.read(data).holding_out(config.held_out)), card)
    saved = Checkpoint.load(run / "checkpoint.npz")
    path = chest_path(onnx)
    with TemporaryDirectory() as aside:
        others = [Path(shutil.copy(path, aside))] if mean else []
        _write_chest(Shares(saved, config), onnx)
        if others:
            write_mean([path] * mean + others, path)
    facts: dict[str, Fact] = {"chest_steps": saved.step}
    facts["chest_minutes"] = round(saved.elapsed_s / 60, 1)
    if card.sees_located:
        facts[TAUGHT_BESIDE] = card.training.get(TAUGHT_BESIDE, card.chest_sha256 or "")
    if mean:
        facts["chest_mean_of"] = [f"trained, {mean} times", f"sha256 {card.chest_sha256}, once"]
    return _with_chest(card, onnx, facts)


def _write_chest(network: nn.Module, onnx: Path) -> None:
    path = chest_path(onnx)
    write_onnx(network, path, torch.zeros(1, len(WINDOWS_HU), 16, 16, 16))
    check_answers(
        network, open_chest(onnx, sha256=sha256_of(path)), (1, len(WINDOWS_HU), 32, 48, 64)
    )


def _with_chest(card: ModelCard, onnx: Path, facts: Mapping[str, Fact]) -> ModelCard:
    """Names the network of the whole chest that lies beside another on its card."""
    told = LOCATED_SUMMARY if card.sees_located else ""
    named = {
        "chest_sha256": sha256_of(chest_path(onnx)),
        "training": {**card.training, **facts},
        "summary": card.summary.partition(CHEST_SUMMARY)[0] + CHEST_SUMMARY + told,
    }
    return card.rewritten(onnx.with_suffix(".json"), named)
