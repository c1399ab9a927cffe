"""Which tissue became which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis, Transitions
from eupnea.band import BANDS, BandName
from eupnea.compare.alignment import Alignment
from eupnea.compare.carry import OUTSIDE


class Tissue(IntEnum):
    """Kinds of tissue, from good to bad as far as an order makes sense."""

    NONE = 0
    """Outside the organ."""
    NORMAL = 1
    OTHER = 2
    """Abnormal, at the density of aerated lung."""
    GROUND_GLASS = 3
    CONSOLIDATED = 4
    HYPERLUCENT = 5


KINDS = tuple(kind for kind in Tissue if kind is not Tissue.NONE)

_OF_BAND = {
    BandName.HYPERLUCENT: Tissue.HYPERLUCENT,
    BandName.AERATED: Tissue.OTHER,
    BandName.GROUND_GLASS: Tissue.GROUND_GLASS,
    BandName.CONSOLIDATED: Tissue.CONSOLIDATED,
}
_SEVERITY = np.array([0, 0, 1, 1, 2, 1], dtype=np.int8)
"""Of each tissue: normal 0; consolidated lung holds no air, and is worst."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TissueChange:
    """The transition table, and where tissue worsened or recovered."""

    table: Transitions
    trend: NDArray[np.int8]
    """On the later scan's grid: 1 worsened, -1 recovered, 0 neither or unknown."""


def classify_tissue(analysis: ScanAnalysis) -> NDArray[np.uint8]:
    """The `Tissue` of each voxel, on the scan's grid."""
    tissue = np.zeros(analysis.scan.hu.shape, dtype=np.uint8)
    tissue[analysis.normal.mask.voxels] = Tissue.NORMAL
    abnormal = analysis.abnormal.mask.voxels
    hu = analysis.scan.hu[abnormal]
    kinds = np.zeros(hu.shape, dtype=np.uint8)
    for band in BANDS:
        kinds[band.contains(hu)] = _OF_BAND[band.name]
    tissue[abnormal] = kinds
    return tissue


def follow_tissue(before: ScanAnalysis, after: ScanAnalysis, alignment: Alignment) -> TissueChange:
    """Carry each voxel of the organ to the other scan, and compare the tissue.

    The table counts ml of the earlier scan, where both scans hold the organ.
    """
    early, late = classify_tissue(before), classify_tissue(after)
    was, became = _carry(early, late, alignment)
    now, had_been = _carry(late, early, alignment.inverse)
    trend = np.zeros(late.shape, dtype=np.int8)
    trend[late > 0] = np.where(had_been > 0, np.sign(_SEVERITY[now] - _SEVERITY[had_been]), 0)
    size = len(Tissue)
    counts = np.bincount(was.astype(np.intp) * size + became, minlength=size * size)
    table = counts.reshape(size, size)[1:, 1:] * before.scan.geometry.voxel_volume_ml
    return TissueChange(
        table=Transitions(
            names=tuple(kind.name.lower() for kind in KINDS),
            volume_ml=tuple(tuple(float(ml) for ml in row) for row in table),
        ),
        trend=trend,
    )


def _carry(
    source: NDArray[np.uint8], target: NDArray[np.uint8], alignment: Alignment
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Tissue of each organ voxel, and of the place it is carried to."""
    held = np.flatnonzero(source)
    flat = alignment.carry(held)
    there = np.where(flat == OUTSIDE, 0, target.reshape(-1)[flat])
    return source.reshape(-1)[held], there.astype(np.uint8)
