"""The card of a model: what it was made of, what it can do, and which file it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eupnea.errors import ModelError
from eupnea.organ import Margins
from eupnea.segment.usual_breath import USUAL_HU

Fact = str | int | float | list[str]
"""What a card says of a training."""


class Calibration(BaseModel):
    """Turns the network's answer into a certainty: `sigmoid(slope * logit + shift)`.

    The less a lung is inflated, the less a network is sure of it, so the shift may grow with the
    lung's most frequent density.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slope: float = 1.0
    shift: float = 0.0
    """Of a lung at a usual breath (`USUAL_HU`)."""
    shift_per_hu: float = 0.0
    """How much it grows with each HU that the lung's most frequent density lies above that."""
    modes_hu: tuple[float, float] = (USUAL_HU, USUAL_HU)
    """Most frequent densities of the lungs that it was fitted to, from and to; it grows no more
    beyond them."""

    def at(self, mode_hu: float) -> Calibration:
        """The calibration of a lung of this most frequent density.

        Examples:
            >>> grows = Calibration(shift=-2.0, shift_per_hu=0.03, modes_hu=(-890.0, -730.0))
            >>> [round(grows.at(mode).shift, 2) for mode in (-850.0, -750.0, -700.0)]
            [-2.0, 1.0, 1.6]
        """
        mode = min(max(mode_hu, self.modes_hu[0]), self.modes_hu[1])
        shift = self.shift + self.shift_per_hu * (mode - USUAL_HU)
        return Calibration(slope=self.slope, shift=shift)


class Source(BaseModel):
    """One data set that the model was trained on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    scans: int
    licence: str


class ModelCard(BaseModel):
    """What a model is; lies beside its ONNX file as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    summary: str
    organ: str = "lung"
    sha256: str
    """Of the ONNX file."""
    chest_sha256: str | None = None
    """Of the network that looks at the chest as a whole, in a file of its own; `None` if there is
    none."""
    sees_located: bool = False
    """Whether the network of planes sees, beside them, where the other one places the lungs."""
    usual_breath: bool = False
    """Whether the network of planes was taught lungs at a usual breath."""
    plane_offsets_mm: tuple[float, ...]
    plane_spacing_mm: float
    calibration: Calibration = Calibration()
    margins: Margins | None = None
    """Of the abnormal volume's interval; `None` if never measured on scans not trained on."""
    data: tuple[Source, ...]
    training: dict[str, Fact]
    metrics: dict[str, float | str]
    """Measured figures; a name says on what."""
    limits: tuple[str, ...]
    """What the model cannot do, for a reader."""

    @property
    def planes(self) -> int:
        """How many planes the network sees."""
        return len(self.plane_offsets_mm)

    @property
    def channels(self) -> int:
        """Channels of what that network takes."""
        return self.planes + self.sees_located

    @classmethod
    def read(cls, path: Path) -> ModelCard:
        """Reads a card.

        Raises:
            ModelError: If the file is missing or is no card.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise ModelError(f"expected a model card {path.name}, found none") from error
        except ValidationError as error:
            raise ModelError(f"expected a model card, found {path.name}: {error}") from error

    def write(self, path: Path) -> None:
        """Writes the card as JSON."""
        path.write_text(self.model_dump_json(indent=1) + "\n")

    def rewritten(self, path: Path, changes: Mapping[str, object]) -> ModelCard:
        """The card with some of its fields changed, and written as JSON."""
        card = self.model_copy(update=changes)
        card.write(path)
        return card


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as hexadecimal text.

    Raises:
        ModelError: If the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"expected a model file, found none: {path.name}") from error
