"""The network: a small U-Net over a few planes, with two answers per pixel."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

WIDTHS = (16, 32, 64, 96, 128)
"""Channels at each level; each level halves the plane."""


class UNet(nn.Module):  # type: ignore[misc]
    """Planes in, logits of `roi` and of `normal`, given roi, out.

    3 x 3 convolutions, batch norm, bilinear upsampling: nothing that ONNX
    Runtime does not fuse. The finest level has one convolution on either
    side, the others two: most of the time is spent there, little is learnt.

    Args:
        channels: Number of planes.
        widths: Channels at each level.
    """

    def __init__(self, *, channels: int, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        finest, *coarser = widths
        self.down = nn.ModuleList([_layer(channels, finest)])
        self.down.extend(_block(n, m) for n, m in pairwise(widths))
        self.narrow = nn.ModuleList(nn.Conv2d(m, n, 1) for n, m in pairwise(widths))
        self.up = nn.ModuleList([_layer(2 * finest, finest)])
        self.up.extend(_block(2 * n, n) for n in coarser[:-1])
        self.answer = nn.Conv2d(finest, 2, 1)
        self.shrink = nn.MaxPool2d(2)
        self.grow = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)

    def forward(self, planes: Tensor) -> Tensor:
        """(batch, channels, rows, columns) to (batch, 2, rows, columns); sides multiples of 16."""
        flats = [self.down[0](planes)]
        for block in self.down[1:]:
            flats.append(block(self.shrink(flats[-1])))
        x = flats.pop()
        for narrow, block in zip(reversed(self.narrow), reversed(self.up), strict=True):
            x = block(torch.cat([self.grow(narrow(x)), flats.pop()], dim=1))
        return self.answer(x)


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(_layer(inputs, outputs), _layer(outputs, outputs))


def _layer(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
