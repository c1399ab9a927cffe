"""A trained network as an ONNX file that answers as it does."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from eupnea.errors import ModelError
from eupnea.segment.onnx_network import Network
from eupnea.train.checkpoint import Checkpoint
from eupnea.train.config import Target, TrainingConfig
from eupnea.train.task import task_of

LARGEST_ERROR = 1e-4
"""Between the shares of torch and of ONNX Runtime."""


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


class Shares(nn.Module):  # type: ignore[misc]
    """The trained network with averaged weights, answering in shares from 0 to 1."""

    def __init__(self, saved: Checkpoint, config: TrainingConfig) -> None:
        super().__init__()
        self.network = task_of(config).network()
        self.locates = config.target is Target.CHEST
        saved.restore_weights(self.network, self.network)
        self.eval()

    def forward(self, signal: Tensor) -> Tensor:
        """Shares of what the network tells apart: (batch, answers, sides)."""
        shares = torch.sigmoid(self.network(signal))
        if self.locates:
            return shares
        roi, normal_in_roi = shares.split(1, dim=1)
        return torch.cat([roi, roi * normal_in_roi], dim=1)


def check_answers(network: nn.Module, exported: Network, shape: tuple[int, ...]) -> None:
    """Refuses an export that answers otherwise than the network.

    Args:
        network: What was exported.
        exported: What it became.
        shape: Of the noise that both are shown.

    Raises:
        ModelError: If an answer differs by `LARGEST_ERROR`.
    """
    signal = np.random.default_rng(0).normal(0.0, 1.0, shape).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(signal)).numpy()
    error = float(np.abs(exported(signal) - expected).max())
    if not error < LARGEST_ERROR:
        raise ModelError(f"expected the answers of torch within {LARGEST_ERROR}, found {error:.2g}")
