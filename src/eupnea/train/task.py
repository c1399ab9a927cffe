"""What a training does: which network, shown what, punished for what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from eupnea.segment.chest import WINDOWS_HU
from eupnea.train.cases import Case
from eupnea.train.chests import ChestStream
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.locator import Locator
from eupnea.train.loss import Loss, chest_loss_of, lesion_loss_of, loss_of
from eupnea.train.network import UNet
from eupnea.train.samples import Stream

Arrays = tuple[Any, ...]
"""The signal, then what is known of it."""


class Task(Protocol):
    """What a training does."""

    memory_format: torch.memory_format

    def network(self) -> UNet:
        """A network that knows nothing yet."""

    def samples(self, cases: Sequence[Case], *, seed: int) -> Iterator[Arrays]:
        """Signals with their truth, for ever."""

    def loss(self, logits: Tensor, signal: Tensor, truth: Sequence[Tensor]) -> Loss:
        """How wrong a batch of answers is."""


def task_of(config: TrainingConfig) -> Task:
    """The task that a configuration names."""
    return _Chest(config) if config.target is Target.CHEST else _Planes(config)


@dataclass(frozen=True)
class _Planes:
    """Planes of lung with disease laid in: what is lung, and what of it is normal or diseased."""

    config: TrainingConfig
    memory_format = torch.channels_last

    def network(self) -> UNet:
        return UNet(channels=self.config.channels, widths=self.config.widths)

    def samples(self, cases: Sequence[Case], *, seed: int) -> Iterator[Arrays]:
        stream = Stream(
            cases,
            seed=seed,
            size=self.config.size,
            families=self.config.families,
            offsets_mm=self.config.plane_offsets_mm,
            usual_breath=self.config.usual_breath,
            at_once=self.config.scans_at_once,
            locator=None if self.config.located_by is None else Locator.of(self.config.located_by),
        )
        for sample in stream:
            truth = (sample.roi, sample.normal, sample.known)
            yield sample.signal, *(mask.astype(np.float32) for mask in truth)

    def loss(self, logits: Tensor, signal: Tensor, truth: Sequence[Tensor]) -> Loss:
        if self.config.target is Target.DISEASE:
            return lesion_loss_of(logits, *truth)
        return loss_of(logits, signal, *truth)


@dataclass(frozen=True)
class _Chest:
    """Whole chests with anything in their lungs: where the lungs lie."""

    config: TrainingConfig
    memory_format = torch.channels_last_3d

    def network(self) -> UNet:
        return UNet(channels=len(WINDOWS_HU), widths=self.config.widths, answers=1, dimensions=3)

    def samples(self, cases: Sequence[Case], *, seed: int) -> Iterator[Arrays]:
        for sample in ChestStream(cases, seed=seed, at_once=self.config.scans_at_once):
            yield sample.signal, sample.lung, sample.known

    def loss(self, logits: Tensor, signal: Tensor, truth: Sequence[Tensor]) -> Loss:
        return chest_loss_of(logits, signal, *truth)
