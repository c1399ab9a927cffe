"""What two scans show of one organ, when one of them shows less of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.compare.alignment import Alignment
from eupnea.compare.carry import OUTSIDE
from eupnea.mask import Mask
from eupnea.segment.cut import EDGE_SHARE
from eupnea.segment.sides import LEFT, RIGHT, SMALLEST_SHARE, split_sides

COARSE_MM = 4.0
MARGIN_MM = 6.0
"""Next to the end of an image the alignment has nothing to hold on to."""
WHOLE = 0.98
"""An organ of which the other scan shows this share is shown whole."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CommonPart:
    """The part of the organ that both scans show, in each scan's own space."""

    before: Mask
    after: Mask
    share_before: float
    """Of the organ as the earlier scan shows it, 0 to 1."""
    share_after: float

    @property
    def is_whole(self) -> bool:
        """Whether both scans show the same of the organ."""
        return min(self.share_before, self.share_after) >= WHOLE


def is_cut(roi: Mask) -> tuple[bool, bool]:
    """Whether an organ is cut off by the lower and by the upper end of its image."""
    areas = np.count_nonzero(roi.voxels, axis=(1, 2))
    least = EDGE_SHARE * max(int(areas.max()), 1)
    return bool(areas[0] > least), bool(areas[-1] > least)


def common_sides(before: Mask, after: Mask) -> tuple[Mask, Mask]:
    """The lungs that both scans hold; all of both masks when they hold the same ones.

    A lone lung is taken for the right or the left one by its shape. Two lone
    lungs are taken for the same one: their tissue decides, not their shape.
    """
    early, late = _sides(before), _sides(after)
    both = _present(early) & _present(late)
    if len(_present(early)) == len(_present(late)) or len(both) != 1:
        return before, after
    side = both.pop()
    return _keep(before, early, side), _keep(after, late, side)


def common_part(
    before: ScanAnalysis, after: ScanAnalysis, organ: tuple[Mask, Mask], alignment: Alignment
) -> CommonPart:
    """What both scans show.

    Args:
        before: The earlier scan.
        after: The later scan.
        organ: The part of each organ that was aligned.
        alignment: From the earlier to the later scan.
    """
    if organ == (before.roi.mask, after.roi.mask) and not any(is_cut(organ[0]) + is_cut(organ[1])):
        return CommonPart(before=organ[0], after=organ[1], share_before=1.0, share_after=1.0)
    early = _shown(organ[0], alignment)
    late = _shown(organ[1], alignment.inverse)
    return CommonPart(
        before=early,
        after=late,
        share_before=early.voxel_count / before.roi.mask.voxel_count,
        share_after=late.voxel_count / after.roi.mask.voxel_count,
    )


def _shown(organ: Mask, alignment: Alignment) -> Mask:
    """Voxels whose place lies inside the other image, and not at the end that cuts it."""
    held = np.flatnonzero(organ.voxels)
    found = alignment.carry(held)
    other = alignment.moving
    margin = int(np.ceil(MARGIN_MM / other.spacing_mm[0]))
    height = found // (other.shape[1] * other.shape[2])
    inside = (found != OUTSIDE) & (height >= margin) & (height < other.shape[0] - margin)
    shown = np.zeros(organ.voxels.shape, bool)
    shown.reshape(-1)[held[inside]] = True
    return Mask(voxels=shown, geometry=organ.geometry)


def _steps(mask: Mask) -> tuple[int, int, int]:
    k, j, i = (max(1, round(COARSE_MM / step)) for step in mask.geometry.spacing_mm)
    return k, j, i


def _sides(mask: Mask) -> NDArray[np.uint8]:
    """Right and left lung in blocks of some 4 mm; a block that holds any lung is lung."""
    steps, spacing = _steps(mask), mask.geometry.spacing_mm
    padded = np.pad(
        mask.voxels, [(0, -n % s) for n, s in zip(mask.voxels.shape, steps, strict=True)]
    )
    k, j, i = (n // s for n, s in zip(padded.shape, steps, strict=True))
    parts = padded.reshape(k, steps[0], j, steps[1], i, steps[2])
    z, y, x = (step * size for step, size in zip(steps, spacing, strict=True))
    return split_sides(np.asarray(parts.any(axis=(1, 3, 5))), (z, y, x))


def _present(sides: NDArray[np.uint8]) -> set[int]:
    count = np.bincount(sides.ravel(), minlength=3)
    least = SMALLEST_SHARE * (count[RIGHT] + count[LEFT])
    return {side for side in (RIGHT, LEFT) if count[side] > least}


def _keep(mask: Mask, sides: NDArray[np.uint8], side: int) -> Mask:
    """One lung of a mask, its other one known on a coarser grid."""
    if _present(sides) == {side}:
        return mask
    fine = sides == side
    for axis, step in enumerate(_steps(mask)):
        fine = np.repeat(fine, step, axis=axis)
    k, j, i = mask.voxels.shape
    return Mask(voxels=mask.voxels & fine[:k, :j, :i], geometry=mask.geometry)
