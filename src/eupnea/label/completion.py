"""From the side that was drawn to a label of the whole organ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.label.values import LabelValue
from eupnea.mask import Mask
from eupnea.note import Note, Severity

BEYOND = 0.05
"""A label with a larger share beyond the organ was drawn on something else."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Label:
    """Every voxel of the organ: normal, abnormal, or not judged."""

    values: NDArray[np.uint8]
    """`LabelValue` of each voxel of the organ, 0 outside; canonical order."""
    roi: Mask
    notes: tuple[Note, ...] = ()

    def mask(self, value: LabelValue) -> Mask:
        """The voxels of one value."""
        return Mask(voxels=self.values == value, geometry=self.roi.geometry)

    @property
    def version(self) -> str:
        """A hash of the values and where they lie: equal for equal labels alone."""
        grid = self.roi.geometry
        place = np.round(grid.affine, 4) + 0.0
        head = f"{grid.shape}".encode() + place.tobytes()
        return hashlib.sha256(head + np.ascontiguousarray(self.values).tobytes()).hexdigest()


def complete(drawn: NDArray[np.uint8], roi: Mask, *, drawn_slices_only: bool = False) -> Label:
    """A label of the whole organ: what was not drawn is the other side.

    If only normal was drawn, the rest of the organ is abnormal, except on
    slices where nothing was drawn at all: those were not judged. If only
    abnormal was drawn, the rest is normal. If both were, the rest was not
    judged. Voxels marked as not judged stay so.

    Args:
        drawn: `LabelValue` of each voxel, on the organ's grid.
        roi: The organ.
        drawn_slices_only: Slices where nothing was drawn were not judged,
            whichever side was drawn.

    Raises:
        Refusal: `LABEL_INVALID` when neither side was drawn, or when too much
            was drawn beyond the organ.
    """
    inside = np.where(roi.voxels, drawn, LabelValue.OUTSIDE).astype(np.uint8)
    notes = _clipped(drawn, inside)
    sides = set(np.unique(inside).tolist()) & {LabelValue.NORMAL, LabelValue.ABNORMAL}
    if not sides:
        raise Refusal(
            RefusalCode.LABEL_INVALID,
            expected="a side drawn (for a healthy organ: all of it as normal, value 1)",
            found="an empty label",
        )
    rest = roi.voxels & (inside == LabelValue.OUTSIDE)
    inside[rest] = _other_side(sides)
    if drawn_slices_only or sides == {LabelValue.NORMAL}:
        unseen = rest & ~(drawn != LabelValue.OUTSIDE).any(axis=(1, 2))[:, None, None]
        inside[unseen] = LabelValue.UNJUDGED
    inside.setflags(write=False)
    return Label(values=inside, roi=roi, notes=(*notes, *_partial(inside, roi)))


def _other_side(sides: set[int]) -> LabelValue:
    if len(sides) > 1:
        return LabelValue.UNJUDGED
    return LabelValue.ABNORMAL if LabelValue.NORMAL in sides else LabelValue.NORMAL


def merge(parts: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Several files of one reader on one image, laid together.

    Raises:
        Refusal: `LABEL_INVALID` where two of them claim one voxel for two sides.
    """
    whole = parts[0].copy()
    for part in parts[1:]:
        clash = np.count_nonzero((whole != 0) & (part != 0) & (whole != part))
        if clash:
            raise Refusal(
                RefusalCode.LABEL_INVALID,
                expected="sides that share no voxel",
                found=f"{clash} voxels drawn as both",
            )
        whole = np.maximum(whole, part)
    return whole


def _clipped(drawn: NDArray[np.uint8], inside: NDArray[np.uint8]) -> tuple[Note, ...]:
    """What was drawn beyond the organ is cut off, and said; much of it is refused."""
    total = np.count_nonzero(drawn)
    beyond = total - np.count_nonzero(inside)
    if beyond > BEYOND * total:
        raise Refusal(
            RefusalCode.LABEL_INVALID,
            expected=f"at most {BEYOND:.0%} of what was drawn beyond the organ",
            found=f"{beyond / total:.1%}",
        )
    if not beyond:
        return ()
    text = f"{beyond} voxels ({beyond / total:.1%}) were drawn beyond the organ and cut off."
    return (Note(code="LABEL_CLIPPED", text=text, severity=Severity.INFO),)


def _partial(values: NDArray[np.uint8], roi: Mask) -> tuple[Note, ...]:
    unjudged = np.count_nonzero(values == LabelValue.UNJUDGED)
    if not unjudged:
        return ()
    share = unjudged / roi.voxel_count
    text = f"{share:.1%} of the organ was not judged; it teaches nothing."
    return (Note(code="LABEL_PARTIAL", text=text, severity=Severity.INFO),)
