"""From a checkpoint to what is shipped: an ONNX file and its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from eupnea.errors import ModelError
from eupnea.segment.card import Calibration, ModelCard, Source, sha256_of
from eupnea.segment.model import load
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.train.cases import Datalist
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.disease import FAMILIES
from eupnea.train.export_chest import take_chest
from eupnea.train.held_out import HELD_OUT, held_out
from eupnea.train.onnx_export import Shares, check_answers, write_onnx

SUMMARY = (
    "Trained network: judges each voxel from nine neighbouring planes, first whether it is lung, "
    "diseased parts included, then whether it is normal. Never trained on a diseased patient's "
    "lesions, only on normal lung and synthetic disease."
)

LIMITS = (
    "Trained on few scans of adults; children, contrast phases and rare anatomy are untried.",
    "Not for scans with fewer than 10 slices or slices more than 10 mm apart.",
    "Lesions below some 4 mm may be missed or taken for vessels.",
    "Not a medical device; not for diagnosis.",
)


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
    network = Shares(saved, config)
    folder.mkdir(parents=True, exist_ok=True)
    onnx = folder / f"{facts.name}.onnx"
    write_onnx(network, onnx, torch.zeros(1, config.channels, 32, 32))
    datalist = Datalist.read(data).holding_out(config.held_out)
    card = _card(facts, onnx, config, saved, datalist)
    card.write(onnx.with_suffix(".json"))
    if config.located_by is not None:
        card = take_chest(config.located_by, onnx)
    check_answers(network, load(onnx).run, (2, config.channels, 48, 64))
    return card


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
            HELD_OUT: held_out(datalist),
        },
        metrics=facts.metrics,
        limits=tuple(facts.limits),
    )
