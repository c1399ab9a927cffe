"""From a checkpoint to what is shipped: an ONNX file and its card."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor, nn

from eupnea.errors import ModelError
from eupnea.segment.card import Calibration, Fact, ModelCard, Source, sha256_of
from eupnea.segment.chest import WINDOWS_HU
from eupnea.segment.model import chest_path, load, onnx_of, open_chest
from eupnea.segment.onnx_network import Network
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.train.calibrate import calibrate, set_cut
from eupnea.train.cases import Case, Datalist, Health, load_case
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.disease import FAMILIES, Family
from eupnea.train.mean import write_mean
from eupnea.train.task import task_of

SUMMARY = (
    "Trained network: judges each voxel from nine neighbouring planes, first whether it is lung, "
    "diseased parts included, then whether it is normal. Never trained on a diseased patient's "
    "lesions, only on normal lung and synthetic disease."
)

CHEST_SUMMARY = (
    " A second network looks at the whole chest at 8 mm, for where lungs lie that are filled up."
)

HELD_OUT = "scans_held_out"
"""Where a card lists the scans that are kept for evaluation."""

LOCATED_SUMMARY = " What it says is shown to the first one beside the planes."

CHEST_FACTS = ("chest_steps", "chest_minutes")
"""What a card says of the training of the second network."""

TAUGHT_BESIDE = "taught_beside_chest_sha256"
"""Where a card says beside which chest its planes were taught, if that is not the one it names."""

LIMITS = (
    "Trained on few scans of adults; children, contrast phases and rare anatomy are untried.",
    "Not for scans with fewer than 10 slices or slices more than 10 mm apart.",
    "Lesions below some 4 mm may be missed or taken for vessels.",
    "Not a medical device; not for diagnosis.",
)

LARGEST_ERROR = 1e-4
"""Between the shares of torch and of ONNX Runtime."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the card says beyond what the run knows."""

    name: str
    version: str
    metrics: dict[str, float | str] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)
    limits: Sequence[str] = LIMITS


def export(run: Path, data: Path, folder: Path, facts: Facts) -> ModelCard:
    """Writes `NAME.onnx` and `NAME.json`, and checks that both do what torch does.

    Args:
        run: Folder of a training.
        data: The data list that it was trained on.
        folder: Where the two files go.
        facts: Name, version, measured figures.

    Raises:
        ModelError: If the run was taught where lungs lie in a chest, has no
            checkpoint, or the exported network answers otherwise than the
            trained one.
    """
    config = TrainingConfig.read(run)
    if config.target is Target.CHEST:
        raise ModelError(f"expected a training on planes, found one of {Target.CHEST}")
    saved = Checkpoint.load(run / "checkpoint.npz")
    network = _Shares(saved, config)
    folder.mkdir(parents=True, exist_ok=True)
    onnx = folder / f"{facts.name}.onnx"
    write_onnx(network, onnx, torch.zeros(1, config.channels, 32, 32))
    datalist = Datalist.read(data).holding_out(config.held_out)
    card = _card(facts, onnx, config, saved, datalist)
    card.write(onnx.with_suffix(".json"))
    if config.located_by is not None:
        card = take_chest(config.located_by, onnx)
    _compare(network, load(onnx).run, (2, config.channels, 48, 64))
    return card


def mean_with(onnx: Path, others: Sequence[Path]) -> ModelCard:
    """Makes a network the mean of itself and others, and says so on its card; see `write_mean`.

    Args:
        onnx: The network of planes, its card beside it.
        others: ONNX files with their cards, trained on from one model with it.

    Raises:
        ModelError: If another has no card, was shown other planes, or is
            another network.
    """
    card = ModelCard.read(onnx.with_suffix(".json"))
    cards = [ModelCard.read(path.with_suffix(".json")) for path in others]
    for path, other in zip(others, cards, strict=True):
        seen = (other.plane_offsets_mm, other.plane_spacing_mm, other.usual_breath)
        if seen != (card.plane_offsets_mm, card.plane_spacing_mm, card.usual_breath):
            raise ModelError(f"expected {path.name} to see what {onnx.name} sees, found {seen}")
    write_mean([onnx, *others], onnx)
    mean_of = [f"{each.name} {each.version} sha256 {each.sha256}" for each in (card, *cards)]
    named = {"sha256": sha256_of(onnx), "training": card.training | {"mean_of": mean_of}}
    card = card.model_copy(update=named)
    card.write(onnx.with_suffix(".json"))
    return card


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
    _check_held_out(theirs.training.get(HELD_OUT), card)
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
    _check_held_out(_held_out(Datalist.read(data).holding_out(config.held_out)), card)
    saved = Checkpoint.load(run / "checkpoint.npz")
    path = chest_path(onnx)
    with TemporaryDirectory() as aside:
        others = [Path(shutil.copy(path, aside))] if mean else []
        _write_chest(_Shares(saved, config), onnx)
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
    _compare(network, open_chest(onnx, sha256=sha256_of(path)), (1, len(WINDOWS_HU), 32, 48, 64))


def _with_chest(card: ModelCard, onnx: Path, facts: Mapping[str, Fact]) -> ModelCard:
    """Names the network of the whole chest that lies beside another on its card."""
    told = LOCATED_SUMMARY if card.sees_located else ""
    named = {
        "chest_sha256": sha256_of(chest_path(onnx)),
        "training": {**card.training, **facts},
        "summary": card.summary.partition(CHEST_SUMMARY)[0] + CHEST_SUMMARY + told,
    }
    card = card.model_copy(update=named)
    card.write(onnx.with_suffix(".json"))
    return card


def training_cases(config: TrainingConfig, data: Path, health: Health) -> list[Case]:
    """The scans of one kind that a run was trained on; what is held out is left to judge by.

    The healthy ones calibrate: in others real disease would count as normal,
    and teach the model to doubt what it rightly calls abnormal.
    """
    datalist = Datalist.read(data).holding_out(config.held_out)
    chosen = [e for e in datalist.cases if e.health is health and not e.hold_out]
    return [load_case(datalist.root, entry) for entry in chosen]


def calibrate_card(onnx: Path, cases: Sequence[Case], families: Sequence[Family]) -> ModelCard:
    """Fits the card beside an ONNX file to healthy lungs, and writes it anew."""
    model = load(onnx)
    calibration = calibrate(model, cases, families)
    card = model.card.model_copy(update={"calibration": calibration})
    card.write(onnx.with_suffix(".json"))
    return card


def cut_card(onnx: Path, cases: Sequence[Case], *, false_share: float) -> ModelCard:
    """Sets the cut of the card beside an ONNX file by lungs known to be normal; see `set_cut`."""
    model = load(onnx)
    calibration = set_cut(model, model.card.calibration, cases, false_share=false_share)
    card = model.card.model_copy(update={"calibration": calibration})
    card.write(onnx.with_suffix(".json"))
    return card


def write_onnx(network: nn.Module, path: Path, signal: Tensor) -> None:
    """Writes a network to shares, given a small signal; batch and sides are free."""
    sides = ("rows", "columns") if signal.ndim == 4 else ("slices", "rows", "columns")
    free = {0: "batch"} | dict(enumerate(sides, start=2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (signal,),
            path,
            dynamo=False,
            input_names=["signal"],
            output_names=["shares"],
            dynamic_axes={"signal": free, "shares": free},
        )


class _Shares(nn.Module):  # type: ignore[misc]
    """The trained network with averaged weights, answering in shares from 0 to 1."""

    def __init__(self, saved: Checkpoint, config: TrainingConfig) -> None:
        super().__init__()
        self.network = task_of(config).network()
        self.locates = config.target is Target.CHEST
        saved.restore_weights(self.network, self.network)
        self.eval()

    def forward(self, signal: Tensor) -> Tensor:
        shares = torch.sigmoid(self.network(signal))
        if self.locates:
            return shares
        roi, normal_in_roi = shares.split(1, dim=1)
        return torch.cat([roi, roi * normal_in_roi], dim=1)


def _card(
    facts: Facts, onnx: Path, config: TrainingConfig, saved: Checkpoint, datalist: Datalist
) -> ModelCard:
    used = [entry for entry in datalist.cases if not entry.hold_out]
    return ModelCard(
        name=facts.name,
        version=facts.version,
        summary=SUMMARY,
        sha256=sha256_of(onnx),
        plane_offsets_mm=config.plane_offsets_mm,
        plane_spacing_mm=PLANE_SPACING_MM,
        usual_breath=config.usual_breath,
        sees_located=config.sees_located,
        calibration=facts.calibration,
        data=tuple(
            Source(
                name=name,
                scans=sum(entry.source == name for entry in used),
                licence=licence,
            )
            for name, licence in datalist.sources.items()
        ),
        training={
            "steps": saved.step,
            "minutes": round(saved.elapsed_s / 60, 1),
            "seed": config.seed,
            "batch": config.batch,
            "target": config.target.value,
            "families_left_out": sorted(FAMILIES.keys() - {f.name for f in config.families}),
            HELD_OUT: _held_out(datalist),
        },
        metrics=facts.metrics,
        limits=tuple(facts.limits),
    )


def _check_held_out(found: Fact | None, card: ModelCard) -> None:
    if found != card.training[HELD_OUT]:
        raise ModelError(
            f"expected the scans {card.training[HELD_OUT]} to be held out, found {found}"
        )


def _held_out(datalist: Datalist) -> list[str]:
    return [entry.name for entry in datalist.cases if entry.hold_out]


def _compare(network: nn.Module, exported: Network, shape: tuple[int, ...]) -> None:
    """Refuses an export that answers otherwise than the network."""
    signal = np.random.default_rng(0).normal(0.0, 1.0, shape).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(signal)).numpy()
    error = float(np.abs(exported(signal) - expected).max())
    if not error < LARGEST_ERROR:
        raise ModelError(f"expected the answers of torch within {LARGEST_ERROR}, found {error:.2g}")
