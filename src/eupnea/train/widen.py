"""A network that is to see more than the one it begins with."""

from __future__ import annotations

from torch import Tensor, nn


def widened(weight: Tensor, channels: int) -> Tensor:
    """The weight of a first convolution for more channels; the new ones begin without weight.

    Planes come in odd numbers, and the channel that tells where the chest as a
    whole places the lungs comes after them: what is added to planes lies half
    below and half above them, and one that is left over comes last. A weight
    that cannot be widened so is given back as it is.

    Args:
        weight: (answers, channels, sides).
        channels: How many are to be seen.

    Examples:
        >>> import torch
        >>> planes = torch.ones(1, 1, 3, 3)
        >>> widened(planes, 4)[0, :, 1, 1].tolist()
        [0.0, 1.0, 0.0, 0.0]
        >>> widened(torch.ones(1, 4, 3, 3), 6).shape
        torch.Size([1, 4, 3, 3])
    """
    seen = weight.shape[1]
    if channels <= seen or seen % 2 == 0:
        return weight
    around = (channels - seen) // 2
    sides = [0, 0] * (weight.ndim - 2)
    return nn.functional.pad(weight, (*sides, around, channels - seen - around))
