"""What the network is punished for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

DENSE_WEIGHT = 1.0
"""How much more a dense normal pixel counts: vessels and borders are what is mistaken."""

DENSE_SIGNAL = 0.0
"""Denser than -600 HU, in the network's units."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The loss of one batch and the overlaps it is built of."""

    total: Tensor
    roi_dice: float
    normal_dice: float
    abnormal_dice: float


def loss_of(logits: Tensor, signal: Tensor, roi: Tensor, normal: Tensor, known: Tensor) -> Loss:
    """Cross entropy of both answers, and 1 - Dice of roi and abnormal.

    The second answer is asked for inside the organ alone: whether a place
    that is lung is normal. So the organ's border is drawn once, and does not
    show up as a seam of doubt between the two answers.

    Args:
        logits: (batch, 2, rows, columns): roi; normal, given roi.
        signal: (batch, planes, rows, columns): what the network saw.
        roi: (batch, rows, columns), 0 or 1.
        normal: The same.
        known: 0 of lung where `normal`, and beside the lung where `roi` is not known.
    """
    judged = roi * known
    sick = judged * (1 - normal)
    told = torch.maximum(roi, known)
    of_roi = functional.binary_cross_entropy_with_logits(logits[:, 0], roi, weight=told)
    of_normal = functional.binary_cross_entropy_with_logits(logits[:, 1], normal, reduction="none")
    dense = signal[:, signal.shape[1] // 2] > DENSE_SIGNAL
    weight = judged * (1 + DENSE_WEIGHT * dense * normal)
    cross = of_roi + (of_normal * weight).sum() / (weight.sum() + 100)
    roi_seen, normal_seen = torch.sigmoid(logits).unbind(dim=1)
    return _with_overlaps(
        cross,
        roi=(roi_seen * told, roi),
        normal=(roi_seen * normal_seen * known, normal * known),
        abnormal=(roi_seen * (1 - normal_seen) * known, sick),
    )


def lesion_loss_of(logits: Tensor, roi: Tensor, normal: Tensor, known: Tensor) -> Loss:
    """The same, for a network that is taught the disease itself, as the field does it.

    Its second answer is that a pixel is *not* diseased, asked for everywhere:
    so it is used as the normal network is, and can be compared with it.

    Args:
        logits: (batch, 2, rows, columns): roi; not diseased.
        roi: (batch, rows, columns), 0 or 1.
        normal: The same; what is roi and not normal is diseased.
        known: 0 of lung where `normal`, and beside the lung where `roi` is not known.
    """
    disease = roi * (1 - normal) * known
    told = torch.maximum(roi, known)
    of_roi = functional.binary_cross_entropy_with_logits(logits[:, 0], roi, weight=told)
    of_disease = functional.binary_cross_entropy_with_logits(
        -logits[:, 1], disease, reduction="none"
    )
    cross = of_roi + (of_disease * known).sum() / (known.sum() + 100)
    roi_seen, normal_seen = torch.sigmoid(logits).unbind(dim=1)
    return _with_overlaps(
        cross,
        roi=(roi_seen * told, roi),
        normal=(roi_seen * normal_seen * known, normal * known),
        abnormal=((1 - normal_seen) * known, disease),
    )


CHEST_DENSE = 0.35
"""Denser than some -200 HU, in the first window of the chest's signal: more than a border."""

FILLED_WEIGHT = 1.0
"""How much more lung counts that is filled with dense matter: it is what is lost."""


def chest_loss_of(logits: Tensor, signal: Tensor, lung: Tensor, known: Tensor) -> Loss:
    """Cross entropy, and 1 - Dice of lung: of all, and of what is dense.

    Args:
        logits: (batch, 1, slices, rows, columns).
        signal: (batch, windows, slices, rows, columns): what the network saw.
        lung: (batch, slices, rows, columns), share of each voxel.
        known: The same, of which `lung` is known.

    Returns:
        The loss; what is aerated stands for normal, what is dense for abnormal.
    """
    dense = (signal[:, 0] > CHEST_DENSE).to(lung.dtype)
    cross = functional.binary_cross_entropy_with_logits(
        logits[:, 0], lung, weight=known * (1 + FILLED_WEIGHT * dense * lung)
    )
    seen, lung = torch.sigmoid(logits[:, 0]) * known, lung * known
    return _with_overlaps(
        cross,
        roi=(seen, lung),
        normal=(seen * (1 - dense), lung * (1 - dense)),
        abnormal=(seen * dense, lung * dense),
    )


_Overlap = tuple[Tensor, Tensor]
"""What was seen, and the truth."""


def _with_overlaps(cross: Tensor, *, roi: _Overlap, normal: _Overlap, abnormal: _Overlap) -> Loss:
    """Adds to the cross entropy what roi and abnormal lack of a Dice of 1."""
    roi_dice, normal_dice, abnormal_dice = (_dice(*pair) for pair in (roi, normal, abnormal))
    return Loss(
        total=cross + 0.5 * (1 - roi_dice) + 0.5 * (1 - abnormal_dice),
        roi_dice=float(roi_dice.detach()),
        normal_dice=float(normal_dice.detach()),
        abnormal_dice=float(abnormal_dice.detach()),
    )


def _dice(seen: Tensor, truth: Tensor) -> Tensor:
    """Soft Dice over the whole batch; 1 for two empty masks."""
    return (2 * (seen * truth).sum() + 50) / (seen.sum() + truth.sum() + 50)
