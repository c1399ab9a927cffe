"""What decides a training, beside the data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eupnea.segment.planes import PLANE_OFFSETS_MM
from eupnea.train.disease.families import FAMILIES, NAMELESS, Family


class Target(StrEnum):
    """What a network is taught."""

    NORMAL = "normal"
    """From planes: what is lung, and what of it is normal."""
    DISEASE = "disease"
    """The named families alone, directly: a lesion network, to compare with."""
    CHEST = "chest"
    """From a whole chest, coarsely: where the lungs lie, whatever fills them."""


WIDTHS = {
    Target.NORMAL: (16, 32, 64, 96, 128),
    Target.DISEASE: (16, 32, 64, 96, 128),
    Target.CHEST: (8, 24, 48, 96, 128),
}
"""Channels at each level that a target usually takes; of a volume the finest level costs most."""


class TrainingConfig(BaseModel):
    """All that decides a training, beside the data; saved as `config.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = 90.0
    """Length of the training; the learning rate falls to zero over it."""
    steps: int | None = None
    """Length in steps instead, whatever time they take."""
    target: Target = Target.NORMAL
    seed: int = 1
    batch: int = 8
    scans_at_once: int = 1
    """How many diseased scans the samples of a batch are drawn from."""
    size: int = 160
    """Rows and columns of a sample of planes, in pixels."""
    widths: tuple[int, ...] = WIDTHS[Target.NORMAL]
    """Channels of the network at each level."""
    plane_offsets_mm: tuple[float, ...] = PLANE_OFFSETS_MM
    """Heights of the planes that a network of planes sees."""
    located_by: Path | None = None
    """Exported model whose look at the chest as a whole a network of planes sees beside them."""
    usual_breath: bool = False
    """Whether a network of planes is shown lungs at a usual breath."""
    learning_rate: float = 2e-3
    bfloat16: bool = False
    """Whether convolutions run in bfloat16: 0.6 of the time where the CPU has it, else 30 times."""
    averaging: float = 0.997
    """Decay of the running average of the weights, which is what is exported."""
    left_out: tuple[str, ...] = ()
    """Families of disease that this model never sees."""
    held_out: tuple[str, ...] = ()
    """Scans held out beside those that the data list holds out."""
    save_every_s: float = 180.0

    @classmethod
    def read(cls, run: Path) -> TrainingConfig:
        """The configuration of a training, from its folder."""
        return cls.model_validate_json((run / "config.json").read_bytes())

    @property
    def planes(self) -> int:
        """How many planes the network sees."""
        return len(self.plane_offsets_mm)

    @property
    def sees_located(self) -> bool:
        """Whether the network sees where the chest as a whole places the lungs."""
        return self.located_by is not None

    @property
    def channels(self) -> int:
        """Channels of what a network of planes sees."""
        return self.planes + (self.sees_located)

    @property
    def families(self) -> list[Family]:
        """What is laid into the lungs that a network of planes sees."""
        never = self.left_out + (NAMELESS if self.target is Target.DISEASE else ())
        return [family for name, family in FAMILIES.items() if name not in never]

    def share_done(self, step: int, elapsed_s: float) -> float:
        """How much of the training is over, 0 to 1."""
        done, whole = (elapsed_s, 60.0 * self.minutes) if self.steps is None else (step, self.steps)
        return min(done / whole, 1.0) if whole > 0 else 1.0
