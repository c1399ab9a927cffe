"""What the network is punished for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The loss of one batch and the overlaps it is built of."""

    total: Tensor
    roi_dice: float
    normal_dice: float
    abnormal_dice: float


def loss_of(logits: Tensor, roi: Tensor, normal: Tensor, known: Tensor) -> Loss:
    """Cross entropy of both answers, and 1 - Dice of roi, normal and abnormal.

    Abnormal is what the product computes from the two answers: roi and not
    normal. Its Dice term makes a small lesion count as much as a large lung.

    Args:
        logits: (batch, 2, rows, columns): roi, normal.
        roi: (batch, rows, columns), 0 or 1.
        normal: The same.
        known: 1 where `normal` is known; elsewhere only roi is judged.
    """
    entropy = functional.binary_cross_entropy_with_logits(
        logits, torch.stack([roi, normal], dim=1), reduction="none"
    )
    sick = roi * (1 - normal) * known
    weight = known * (1 + 2 * sick)
    cross = entropy[:, 0].mean() + (entropy[:, 1] * weight).mean()
    roi_seen, normal_seen = torch.sigmoid(logits).unbind(dim=1)
    roi_dice = _dice(roi_seen, roi)
    normal_dice = _dice(normal_seen * known, normal * known)
    abnormal_dice = _dice(roi_seen * (1 - normal_seen) * known, sick)
    total = cross + 0.5 * ((1 - roi_dice) + (1 - normal_dice)) + (1 - abnormal_dice)
    return Loss(
        total=total,
        roi_dice=float(roi_dice.detach()),
        normal_dice=float(normal_dice.detach()),
        abnormal_dice=float(abnormal_dice.detach()),
    )


def _dice(seen: Tensor, truth: Tensor) -> Tensor:
    """Soft Dice over the whole batch; 1 for two empty masks."""
    return (2 * (seen * truth).sum() + 50) / (seen.sum() + truth.sum() + 50)
