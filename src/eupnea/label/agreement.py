"""Two readers of one image: where they agree, and what both stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eupnea.label.completion import Label
from eupnea.label.values import LabelValue
from eupnea.mask import Mask
from eupnea.segment.components import components


@dataclass(frozen=True, kw_only=True)
class RegionAgreement:
    """One connected region that at least one of two readers called abnormal."""

    centroid_mm: tuple[float, float, float]
    """Mean voxel position, LPS."""
    first_ml: float
    second_ml: float
    both_ml: float

    @property
    def dice(self) -> float:
        """Overlap of the two drawings, 0 (only one reader saw it) to 1."""
        return 2 * self.both_ml / (self.first_ml + self.second_ml)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two readers agree, on what both judged."""

    abnormal_dice: float | None
    """Overlap of what they call abnormal; `None` when neither called anything so."""
    kappa: float | None
    """Cohen's kappa of the voxels, agreement beyond chance; `None` when chance alone is full."""
    regions: tuple[RegionAgreement, ...]
    """Largest first."""


@dataclass(frozen=True, kw_only=True)
class ReaderPair:
    """Two readers of one image."""

    case: str
    readers: tuple[str, str]
    agreement: Agreement

    @property
    def sentence(self) -> str:
        """How far they agree, in words."""
        found = self.agreement
        seen = sum(region.both_ml > 0 for region in found.regions)
        kappa = "none" if found.kappa is None else f"{found.kappa:.2f}"
        dice = "none" if found.abnormal_dice is None else f"{found.abnormal_dice:.2f}"
        return (
            f"{' and '.join(self.readers)}: Dice {dice} of the abnormal side, kappa {kappa}, "
            f"{seen} of {len(found.regions)} regions drawn by both"
        )


def agree(first: Label, second: Label) -> Agreement:
    """Compares two labels of one image, region by region.

    Args:
        first: One reader's.
        second: The other's, of the same organ.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` when they lie on two grids.
    """
    judged = _judged(first) & _judged(second)
    one, other = first.mask(LabelValue.ABNORMAL) & judged, second.mask(LabelValue.ABNORMAL) & judged
    total = one.voxel_count + other.voxel_count
    return Agreement(
        abnormal_dice=2 * (one & other).voxel_count / total if total else None,
        kappa=_kappa(one, other, judged),
        regions=_regions(one, other),
    )


def consensus(labels: Sequence[Label]) -> Label:
    """What most readers who judged a voxel say of it; not judged where they are even.

    Args:
        labels: One per reader, of the same organ; at least one.
    """
    votes = np.zeros(labels[0].values.shape, np.int8)
    for label in labels:
        votes += (label.values == LabelValue.NORMAL).view(np.int8)
        votes -= (label.values == LabelValue.ABNORMAL).view(np.int8)
    roi = labels[0].roi
    values = np.where(roi.voxels, LabelValue.UNJUDGED, LabelValue.OUTSIDE).astype(np.uint8)
    values[roi.voxels & (votes > 0)] = LabelValue.NORMAL
    values[roi.voxels & (votes < 0)] = LabelValue.ABNORMAL
    values.setflags(write=False)
    return Label(values=values, roi=roi)


def _judged(label: Label) -> Mask:
    return label.mask(LabelValue.NORMAL) | label.mask(LabelValue.ABNORMAL)


def _kappa(one: Mask, other: Mask, judged: Mask) -> float | None:
    count = judged.voxel_count
    if not count:
        return None
    p, q = one.voxel_count / count, other.voxel_count / count
    differ = ((one | other) - (one & other)).voxel_count / count
    by_chance = p * q + (1 - p) * (1 - q)
    return None if by_chance >= 1 else (1 - differ - by_chance) / (1 - by_chance)


def _regions(one: Mask, other: Mask) -> tuple[RegionAgreement, ...]:
    grid = one.geometry
    labels, counts = components((one | other).voxels)
    size = len(counts) + 1
    volumes = [
        np.bincount(labels[part.voxels], minlength=size) * grid.voxel_volume_ml
        for part in (one, other, one & other)
    ]
    found = []
    for n in range(1, size):
        x, y, z = grid.to_mm(np.argwhere(labels == n).mean(axis=0))
        first, second, both = (float(part[n]) for part in volumes)
        centroid = (float(x), float(y), float(z))
        found.append(
            RegionAgreement(centroid_mm=centroid, first_ml=first, second_ml=second, both_ml=both)
        )
    return tuple(found)
