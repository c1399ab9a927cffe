"""A training's state on disk: arrays in one npz file, never a pickle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eupnea.errors import ModelError
from eupnea.train.widen import widened

Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Checkpoint:
    """Weights, their running average, the optimiser's moments, and the time spent."""

    arrays: Arrays
    step: int
    elapsed_s: float

    @classmethod
    def of(
        cls,
        network: torch.nn.Module,
        averaged: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        *,
        step: int,
        elapsed_s: float,
    ) -> Checkpoint:
        """Copies what a training needs to go on."""
        arrays = {f"network/{k}": v.numpy().copy() for k, v in network.state_dict().items()}
        arrays |= {f"averaged/{k}": v.numpy().copy() for k, v in averaged.state_dict().items()}
        for n, moments in optimizer.state_dict()["state"].items():
            arrays |= {f"optimizer/{n}/{k}": v.numpy().copy() for k, v in moments.items()}
        return cls(arrays=arrays, step=step, elapsed_s=elapsed_s)

    def save(self, path: Path) -> None:
        """Writes the file whole or not at all."""
        part = path.with_suffix(".part.npz")
        counters = {"step": np.array(self.step), "elapsed_s": np.array(self.elapsed_s)}
        np.savez(part, allow_pickle=False, **self.arrays, **counters)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Reads a file; raises `ModelError` where it is missing or is no checkpoint."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
            step, elapsed_s = int(arrays.pop("step")), float(arrays.pop("elapsed_s"))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"expected a checkpoint, found {path.name}: {error}") from error
        return cls(arrays=arrays, step=step, elapsed_s=elapsed_s)

    def restore_weights(self, network: torch.nn.Module, averaged: torch.nn.Module) -> None:
        """Sets both networks to the averaged weights."""
        network.load_state_dict(self._part("averaged"))
        averaged.load_state_dict(self._part("averaged"))

    def begin_with_weights(self, network: torch.nn.Module, averaged: torch.nn.Module) -> None:
        """The same for networks that may see more; see `eupnea.train.widen`.

        Raises:
            ModelError: If they are other networks than the one that was saved.
        """
        weights = self._part("averaged")
        first, wanted = next(iter(network.state_dict().items()))
        weights[first] = widened(weights[first], wanted.shape[1])
        for begun in (network, averaged):
            try:
                begun.load_state_dict(weights)
            except RuntimeError as error:
                raise ModelError(f"expected a checkpoint of such a network: {error}") from error

    def restore(
        self,
        network: torch.nn.Module,
        averaged: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
    ) -> None:
        """Sets networks and optimiser to what they were when saved."""
        network.load_state_dict(self._part("network"))
        averaged.load_state_dict(self._part("averaged"))
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in self._part("optimizer").items():
            number, name = key.split("/")
            moments.setdefault(int(number), {})[name] = value
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": moments, "param_groups": groups})

    def _part(self, name: str) -> dict[str, torch.Tensor]:
        prefix = f"{name}/"
        return {
            key.removeprefix(prefix): torch.from_numpy(np.array(value))
            for key, value in self.arrays.items()
            if key.startswith(prefix)
        }
