"""What the network of normal lung sees of a scan: a few planes around each one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from eupnea.box import Box
from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment.averages import Weights, averages, resample, sources_of
from eupnea.segment.located import Located, Planes, with_located
from eupnea.segment.pixel_axis import SIDE_MULTIPLE, PixelAxis, spanning
from eupnea.segment.usual_breath import DensityTable, density_table

PLANE_OFFSETS_MM = (-30.0, -15.0, -6.0, -3.0, 0.0, 3.0, 6.0, 15.0, 30.0)
"""Heights of the planes that enter as channels; the middle one is judged.

Near planes show texture, far ones whether a dense place goes on as vessel, heart or diaphragm.
"""

PLANE_STEP_MM = 1.5
"""Judged planes lie at slices of the scan about this far apart, or at every slice."""

SLICE_REACH_MM = 2.0
"""Thinner slices are averaged over this distance, as the training scans were."""

MIDDLE_HU, SPREAD_HU = -600.0, 400.0
LOWEST_HU, HIGHEST_HU = -1024.0, 400.0

BODY_HU = -300
"""What is denser belongs to the body, or to the couch."""


def to_signal(hu: Planes) -> Planes:
    """Hounsfield units as the network takes them: clipped, centred, about -1 to 2.5.

    Examples:
        >>> import numpy as np
        >>> to_signal(np.array([-1024.0, -600.0, 2000.0], np.float32)).tolist()
        [-1.059999942779541, 0.0, 2.5]
    """
    clipped = np.clip(hu, LOWEST_HU, HIGHEST_HU)
    return np.asarray((clipped - MIDDLE_HU) / SPREAD_HU, dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaneGrid:
    """The planes on which a scan is judged, and the way back to its own grid.

    In plane, pixels lie along two axes (`eupnea.segment.pixel_axis`); along the
    body, planes lie at slices of the scan. Each resampling is one matrix per
    axis: linear interpolation, or a triangle of fixed reach where the scan is
    finer. Where pixels and planes lie depends on the body alone, not on the
    part that is judged.
    """

    box: Box
    """The part of the scan that is judged."""
    rows: PixelAxis
    columns: PixelAxis
    heights: NDArray[np.intp]
    """Slices of the scan that are judged."""
    slices: tuple[Weights, ...]
    """One for each offset."""
    geometry: Geometry

    @classmethod
    def of(
        cls,
        scan: Scan,
        offsets_mm: Sequence[float] = PLANE_OFFSETS_MM,
        *,
        within: Box | None = None,
    ) -> PlaneGrid:
        """The planes for one scan.

        Args:
            scan: Any chest CT.
            offsets_mm: Heights of the planes around each judged one.
            within: The part that is judged; all of the body if `None`, or if the part
                holds nothing of it.
        """
        body = _body_box(scan.hu)
        box = body if within is None else _common(body, within)
        slice_mm, row_mm, column_mm = scan.geometry.spacing_mm
        heights = np.arange(0, scan.geometry.shape[0], max(1, round(PLANE_STEP_MM / slice_mm)))
        heights = heights[spanning(heights, box[0].start, box[0].stop - 1)]
        return cls(
            box=box,
            rows=PixelAxis.of(body[1], box[1], row_mm),
            columns=PixelAxis.of(body[2], box[2], column_mm),
            heights=heights,
            slices=tuple(
                averages(
                    np.asarray(heights * slice_mm + offset, np.float64),
                    np.asarray(np.arange(scan.geometry.shape[0]) * slice_mm, np.float64),
                    reach_mm=max(slice_mm, SLICE_REACH_MM),
                )
                for offset in offsets_mm
            ),
            geometry=scan.geometry,
        )

    @property
    def count(self) -> int:
        """Number of judged planes."""
        return len(self.heights)

    def signals(
        self, scan: Scan, *, batch: int, densities: DensityTable | None = None
    ) -> Iterator[Planes]:
        """Inputs of the network, (at most `batch`, offsets, rows, columns).

        Args:
            scan: Whose planes these are.
            batch: How many planes are judged at a time.
            densities: What each stored density is shown as; itself if `None`.
        """
        table = _signal_table(densities)
        used = sources_of(sparse.vstack(self.slices))
        fine = np.stack([self._shrink(plane, table) for plane in scan.hu[used]])
        flat = fine.reshape(len(fine), -1)
        for first in range(0, self.count, batch):
            chosen = slice(first, first + batch)
            channels = [
                (weights[chosen, used] @ flat).reshape(-1, *fine.shape[1:])
                for weights in self.slices
            ]
            yield _padded(np.stack(channels, axis=1))

    def told(self, signals: Iterable[Planes], located: Located | None) -> Iterator[Planes]:
        """The same inputs, each with one plane more: where the chest as a whole places the lungs.

        Args:
            signals: What `signals` gives.
            located: `None` if nobody was asked.
        """
        if located is None:
            yield from (with_located(planes, None) for planes in signals)
            return
        sure = located.planes(self.heights, self.rows, self.columns)
        for planes in signals:
            yield with_located(planes, np.stack(list(islice(sure, len(planes)))))

    def restore(self, shares: Planes) -> NDArray[np.uint8]:
        """Planes of shares, 0 to 1, on the scan's own grid, as 0 to 255; 0 where none is judged.

        Args:
            shares: (judged planes, rows, columns), padding included.
        """
        pixels = shares[:, : self.rows.count, : self.columns.count]
        full = np.zeros(self.geometry.shape, np.uint8)
        inside = full[:, self.box[1], self.box[2]]
        last, below = int(self.heights[0]), self._grow(pixels[0])
        inside[last] = np.rint(below)
        for height, plane in zip(self.heights[1:], pixels[1:], strict=True):
            above = self._grow(plane)
            for k in range(last + 1, height):
                share = np.float32((k - last) / (height - last))
                inside[k] = np.rint(below + share * (above - below))
            inside[height] = np.rint(above)
            last, below = int(height), above
        inside[last + 1 : self.box[0].stop] = inside[last]
        full[: self.box[0].start] = full[self.box[0].stop :] = 0
        return full

    def _shrink(self, plane: NDArray[np.int16], table: Planes) -> Planes:
        part = table[plane[self.rows.voxels, self.columns.voxels].view(np.uint16)]
        return resample(self.rows.there, part, self.columns.there)

    def _grow(self, plane: Planes) -> Planes:
        return resample(self.rows.back, plane * np.float32(255.0), self.columns.back)


def _signal_table(densities: DensityTable | None) -> Planes:
    """What the network takes for each 16 bit density, found by its bits."""
    shown = density_table(None) if densities is None else densities
    return to_signal(shown.astype(np.float32))


def _body_box(hu: NDArray[np.int16], step: int = 4, margin: int = 8) -> Box:
    body = hu[::step, ::step, ::step] > BODY_HU
    spans = []
    for axis in (1, 2):
        hit = np.flatnonzero(body.any(axis=tuple({0, 1, 2} - {axis})))
        low, high = (hit[0], hit[-1] + 1) if hit.size else (0, body.shape[axis])
        spans.append(
            slice(max(int(low) * step - margin, 0), min(int(high) * step + margin, hu.shape[axis]))
        )
    return slice(0, hu.shape[0]), spans[0], spans[1]


def _common(body: Box, within: Box) -> Box:
    """Where two boxes meet; the body where they do not."""
    k, j, i = (
        slice(max(one.start, other.start), min(one.stop, other.stop))
        for one, other in zip(body, within, strict=True)
    )
    return (k, j, i) if all(span.start < span.stop for span in (k, j, i)) else body


def _padded(planes: Planes) -> Planes:
    """Planes widened at their far ends by air, to sides that the network can halve."""
    spare = [(0, 0), (0, 0)] + [(0, -side % SIDE_MULTIPLE) for side in planes.shape[2:]]
    air = to_signal(np.array([LOWEST_HU], np.float32))[0]
    return np.pad(planes, spare, constant_values=air)
