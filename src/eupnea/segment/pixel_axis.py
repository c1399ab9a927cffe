"""The network's pixels along rows or columns of a scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.averages import Weights, averages, sources_of

PLANE_SPACING_MM = 1.5
"""Distance of the network's pixels; a 3 mm nodule is two of them wide."""

SIDE_MULTIPLE = 16
"""The network halves a plane four times."""

PIXEL_REACH_MM = 1.0
"""Finer voxels are averaged over this distance, as the training scans were."""

Places = NDArray[np.float64] | NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class PixelAxis:
    """The network's pixels along rows or columns: the way there, and back."""

    voxels: slice
    """Those that the pixels are made of."""
    there: Weights
    """(pixels, voxels)."""
    back: Weights
    """(voxels that are judged, pixels)."""

    @classmethod
    def of(cls, body: slice, judged: slice, spacing_mm: float) -> PixelAxis:
        """The pixels that a part of the body needs, of those spread over all of it.

        Args:
            body: Rows or columns that hold the body.
            judged: Those among them that are judged; some more pixels may be
                made, up to a multiple of `SIDE_MULTIPLE`.
            spacing_mm: Distance of the rows or columns.
        """
        length_mm = (body.stop - body.start) * spacing_mm
        places = (np.arange(body.stop - body.start) + 0.5) * spacing_mm
        pixels = _pixel_positions(max(1, round(length_mm / PLANE_SPACING_MM)), length_mm)
        part = slice(judged.start - body.start, judged.stop - body.start)
        kept = spanning(pixels, places[part][0], places[part][-1])
        kept = slice(kept.start, kept.stop + (kept.start - kept.stop) % SIDE_MULTIPLE)
        there = averages(pixels, places, reach_mm=max(spacing_mm, PIXEL_REACH_MM))[kept]
        back = averages(places, pixels, reach_mm=PLANE_SPACING_MM)[part, kept]
        used = sources_of(there)
        voxels = slice(body.start + used.start, body.start + used.stop)
        return cls(voxels=voxels, there=there[:, used], back=back)

    @property
    def count(self) -> int:
        """Number of pixels."""
        return int(self.there.shape[0])


def spanning(places: Places, first: float, last: float) -> slice:
    """Those of ascending places that lie around a first and a last one.

    Examples:
        >>> spanning(np.arange(0, 40, 10), 12, 20)
        slice(1, 3, None)
    """
    low = int(np.searchsorted(places, first, side="right")) - 1
    high = int(np.searchsorted(places, last, side="left")) + 1
    return slice(max(low, 0), min(high, len(places)))


def _pixel_positions(count: int, length_mm: float) -> NDArray[np.float64]:
    return np.asarray(length_mm / 2 + (np.arange(count) - (count - 1) / 2) * PLANE_SPACING_MM)
