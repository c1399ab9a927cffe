"""An exported model's weights, in a network that is to learn on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import torch
from google.protobuf.message import DecodeError
from onnx.numpy_helper import to_array
from torch import Tensor, nn

from eupnea.errors import ModelError
from eupnea.train.network import UNet
from eupnea.train.widen import widened

Hook = Callable[[Any, tuple[Tensor, ...]], None]


def begin_with_model(network: UNet, path: Path, signals: Tensor) -> None:
    """Sets a network to answer as an exported one does.

    An export folds each batch norm into the convolution before it, `y = w x + b`.
    Here each norm is given the mean and the variance that its convolution
    shows on the signals, and the scale and shift that undo them: the answers
    are the exported ones, and a training finds norms to go on with.

    Args:
        network: Of the exported one's widths; may see more, see `eupnea.train.widen`.
        path: The ONNX file.
        signals: (batch, channels, sides); what the network is to be shown.

    Raises:
        ModelError: If the file is no ONNX, or its convolutions are not the network's.
    """
    unfold = _Unfold(convolutions(path))
    hooks = [
        layer.register_forward_pre_hook(hook)
        for layer in network.modules()
        if (hook := unfold.hook_of(layer)) is not None
    ]
    learning = network.training
    try:
        with torch.no_grad():
            network.eval()(signals)
    finally:
        network.train(learning)
        for hook in hooks:
            hook.remove()
    if unfold.folded:
        raise ModelError(f"expected no more convolutions in {path.name}, found {unfold.folded}")


class _Unfold:
    """Fills the layers of a network in the order in which they are asked."""

    def __init__(self, folded: list[list[Tensor]]) -> None:
        self._left = folded
        self._shift = torch.zeros(1)

    @property
    def folded(self) -> int:
        """How many convolutions have found no layer."""
        return len(self._left)

    def hook_of(self, layer: nn.Module) -> Hook | None:
        """What to do before a layer is asked."""
        if isinstance(layer, nn.Conv2d | nn.Conv3d):
            return self._convolution
        return self._norm if isinstance(layer, nn.BatchNorm2d | nn.BatchNorm3d) else None

    def _convolution(self, layer: Any, _: tuple[Tensor, ...]) -> None:
        found = self._left.pop(0) if self._left else []
        found = [widened(weight, layer.weight.shape[1]) for weight in found[:1]] + found[1:]
        if [part.shape for part in found] != [layer.weight.shape, layer.weight.shape[:1]]:
            shapes = [tuple(part.shape) for part in found]
            raise ModelError(
                f"expected a convolution of {tuple(layer.weight.shape)}, found {shapes}"
            )
        weight, self._shift = found
        layer.weight.copy_(weight)
        if layer.bias is not None:
            layer.bias.copy_(self._shift)

    def _norm(self, layer: Any, seen: tuple[Tensor, ...]) -> None:
        sides = [axis for axis in range(seen[0].ndim) if axis != 1]
        variance, mean = torch.var_mean(seen[0], dim=sides, correction=0)
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)
        layer.weight.copy_((variance + layer.eps).sqrt())
        layer.bias.copy_(mean + self._shift)


def convolutions(path: Path) -> list[list[Tensor]]:
    """Weight and shift of each convolution of an ONNX file, in the order of the graph.

    Raises:
        ModelError: If the file is missing, is no ONNX, or has no convolution.
    """
    try:
        graph = onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise ModelError(f"expected an ONNX file, found {path.name}: {error}") from error
    arrays = {array.name: torch.from_numpy(to_array(array).copy()) for array in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in arrays:  # equal ones are kept once
            arrays[node.output[0]] = arrays[node.input[0]]
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    if not convolutions:
        raise ModelError(f"expected convolutions in {path.name}, found none")
    return [[arrays[name] for name in node.input[1:]] for node in convolutions]
