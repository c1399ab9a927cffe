"""How much of each region lands on each region of the other scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.compare.alignment import Alignment
from eupnea.compare.carry import OUTSIDE


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlap:
    """Overlaps of the regions of two scans, counted in both directions.

    Voxels are carried one by one along the alignment and looked up in the other
    scan's labels. No mask is warped, so no region can fall apart or flow
    together on the way (seg-sc-ms-lesion-multicontrast, issue 90).
    """

    before_ml: NDArray[np.float64]
    """Volume of each region of the earlier scan, (n,)."""
    after_ml: NDArray[np.float64]
    """Volume of each region of the later scan, (m,)."""
    shared_before_ml: NDArray[np.float64]
    """(n, m): part of the earlier region that lands on the later one, in earlier ml."""
    shared_after_ml: NDArray[np.float64]
    """(n, m): part of the later region that lands on the earlier one, in later ml."""

    @property
    def share(self) -> NDArray[np.float64]:
        """(n, m): the larger of the two shares that the overlap is of its regions."""
        of_before = self.shared_before_ml / self.before_ml[:, None]
        of_after = self.shared_after_ml / self.after_ml[None, :]
        return np.asarray(np.maximum(of_before, of_after))

    @property
    def shared_ml(self) -> NDArray[np.float64]:
        """(n, m): mean of both directions."""
        return np.asarray((self.shared_before_ml + self.shared_after_ml) / 2)


def measure_overlap(before: ScanAnalysis, after: ScanAnalysis, alignment: Alignment) -> Overlap:
    """Carry every voxel of every region to the other scan, both ways.

    Args:
        before: The fixed scan of the alignment.
        after: The moving scan of the alignment.
        alignment: From the earlier to the later scan.
    """
    return Overlap(
        before_ml=np.array([region.volume_ml for region in before.regions]),
        after_ml=np.array([region.volume_ml for region in after.regions]),
        shared_before_ml=_shared(before, after, alignment),
        shared_after_ml=_shared(after, before, alignment.inverse).T,
    )


def _shared(
    source: ScanAnalysis, target: ScanAnalysis, alignment: Alignment
) -> NDArray[np.float64]:
    labels = source.labels.reshape(-1)
    held = np.flatnonzero(labels)
    flat = alignment.carry(held)
    found = np.where(flat == OUTSIDE, 0, target.labels.reshape(-1)[flat])
    rows = _rank(source)[labels[held]]
    columns = _rank(target)[found]
    known = (rows >= 0) & (columns >= 0)
    n, m = len(source.regions), len(target.regions)
    counts = np.bincount(rows[known] * m + columns[known], minlength=n * m).reshape(n, m)
    return np.asarray(counts * source.scan.geometry.voxel_volume_ml)


def _rank(analysis: ScanAnalysis) -> NDArray[np.intp]:
    """For each label value, the position of its region; -1 for the background."""
    rank = np.full(int(analysis.labels.max(initial=0)) + 1, -1, dtype=np.intp)
    for position, region in enumerate(analysis.regions):
        rank[region.label] = position
    return rank
