"""What a method sees in one scan, and a picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.segment import segment_scan
from eupnea.train.picture import draw_picture


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """The product's own answer for one scan, clean-up included."""

    scan: Scan
    roi: NDArray[np.bool_]
    abnormal: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Abnormal share of the region of interest."""
        return float(self.abnormal.sum() / max(int(self.roi.sum()), 1))


def see(organ: Organ, scan: Scan) -> Seen:
    """Segments a scan as `eupnea analyze` does."""
    found = segment_scan(scan, organ)
    return Seen(scan=scan, roi=found.roi.mask.voxels, abnormal=found.abnormal.mask.voxels)


def look(organ: Organ, scan: Scan, picture: Path, truth: NDArray[np.bool_] | None = None) -> Seen:
    """Segments a scan, and draws what was found."""
    seen = see(organ, scan)
    draw_picture(picture, scan, seen.roi, seen.abnormal, truth=truth)
    return seen
