"""The network: a small U-Net over a few planes or over a whole chest."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

_CONVOLUTION = {2: nn.Conv2d, 3: nn.Conv3d}
_NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_SHRINK = {2: nn.MaxPool2d, 3: nn.MaxPool3d}
_GROW = {2: "bilinear", 3: "trilinear"}


class UNet(nn.Module):  # type: ignore[misc]
    """Planes in, as many logits per pixel as there are questions out; or a volume, and voxels.

    Convolutions of 3 pixels, batch norm, linear upsampling: nothing that ONNX
    Runtime does not fuse. The finest level has one convolution on either
    side, the others two: most of the time is spent there, little is learnt.

    Args:
        channels: Number of planes, or of windows on a volume.
        widths: Channels at each level; each level halves the sides.
        answers: Number of questions.
        dimensions: 2 for planes, 3 for a volume.
    """

    def __init__(
        self,
        *,
        channels: int,
        widths: tuple[int, ...],
        answers: int = 2,
        dimensions: int = 2,
    ) -> None:
        super().__init__()
        n = dimensions
        finest, *coarser = widths
        self.down = nn.ModuleList([_layer(n, channels, finest)])
        self.down.extend(_block(n, outer, inner) for outer, inner in pairwise(widths))
        self.narrow = nn.ModuleList(
            _CONVOLUTION[n](inner, outer, 1) for outer, inner in pairwise(widths)
        )
        self.up = nn.ModuleList([_layer(n, 2 * finest, finest)])
        self.up.extend(_block(n, 2 * width, width) for width in coarser[:-1])
        self.answer = _CONVOLUTION[n](finest, answers, 1)
        self.shrink = _SHRINK[n](2)
        self.grow = nn.Upsample(scale_factor=2, mode=_GROW[n], align_corners=False)

    def forward(self, planes: Tensor) -> Tensor:
        """(batch, channels, sides) to (batch, answers, sides); sides multiples of 16."""
        flats = [self.down[0](planes)]
        for block in self.down[1:]:
            flats.append(block(self.shrink(flats[-1])))
        x = flats.pop()
        for narrow, block in zip(reversed(self.narrow), reversed(self.up), strict=True):
            x = block(torch.cat([self.grow(narrow(x)), flats.pop()], dim=1))
        return self.answer(x)


def _block(dimensions: int, inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(_layer(dimensions, inputs, outputs), _layer(dimensions, outputs, outputs))


def _layer(dimensions: int, inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        _CONVOLUTION[dimensions](inputs, outputs, 3, padding=1, bias=False),
        _NORM[dimensions](outputs),
        nn.ReLU(inplace=True),
    )
