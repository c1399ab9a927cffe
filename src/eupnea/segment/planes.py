"""What the network of normal lung sees of a scan: a few planes around each one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box
from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment.averages import Weights, averages

PLANE_SPACING_MM = 1.5
"""Distance of the network's pixels; a 3 mm nodule is two of them wide."""

PLANE_OFFSETS_MM = (-30.0, -15.0, -6.0, -3.0, 0.0, 3.0, 6.0, 15.0, 30.0)
"""Heights of the planes that enter as channels; the middle one is judged.

Near planes show texture, far ones whether a dense place goes on as vessel, heart or diaphragm.
"""

PLANE_STEP_MM = 1.5
"""Judged planes lie at slices of the scan about this far apart, or at every slice."""

SIDE_MULTIPLE = 16
"""The network halves a plane four times."""

PIXEL_REACH_MM, SLICE_REACH_MM = 1.0, 2.0
"""Finer voxels are averaged over these distances, as the training scans were."""

MIDDLE_HU, SPREAD_HU = -600.0, 400.0
LOWEST_HU, HIGHEST_HU = -1024.0, 400.0

BODY_HU = -300
"""What is denser belongs to the body, or to the couch."""

Planes = NDArray[np.float32]


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

    In plane, pixels lie `PLANE_SPACING_MM` apart; along the body, planes lie
    at slices of the scan. Each resampling is one matrix per axis: linear
    interpolation, or a triangle of fixed reach where the scan is finer.
    """

    box: Box
    """The part of the scan that holds the body."""
    rows: Weights
    columns: Weights
    heights: NDArray[np.intp]
    """Slices of the scan that are judged."""
    slices: tuple[Weights, ...]
    """One for each offset."""
    geometry: Geometry

    @classmethod
    def of(cls, scan: Scan, offsets_mm: Sequence[float] = PLANE_OFFSETS_MM) -> PlaneGrid:
        """The planes for one scan, at these heights around each judged one."""
        box = _body_box(scan.hu)
        slice_mm, row_mm, column_mm = scan.geometry.spacing_mm
        heights = np.arange(0, scan.geometry.shape[0], max(1, round(PLANE_STEP_MM / slice_mm)))
        return cls(
            box=box,
            rows=_pixels(box[1], row_mm),
            columns=_pixels(box[2], column_mm),
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

    def signals(self, scan: Scan, *, batch: int) -> Iterator[Planes]:
        """Inputs of the network, (at most `batch`, offsets, rows, columns)."""
        fine = np.stack([self._shrink(plane) for plane in scan.hu[:, self.box[1], self.box[2]]])
        flat = fine.reshape(len(fine), -1)
        for first in range(0, self.count, batch):
            chosen = slice(first, first + batch)
            channels = [
                (weights[chosen] @ flat).reshape(-1, *fine.shape[1:]) for weights in self.slices
            ]
            yield _padded(to_signal(np.stack(channels, axis=1)))

    def restore(self, shares: Planes) -> NDArray[np.uint8]:
        """Planes of shares, 0 to 1, on the scan's own grid, as 0 to 255; 0 outside the body.

        Args:
            shares: (judged planes, rows, columns), padding included.
        """
        pixels = shares[:, : self.rows.shape[0], : self.columns.shape[0]]
        rows = _spread(self.box[1], self.geometry.spacing_mm[1])
        columns = _spread(self.box[2], self.geometry.spacing_mm[2])
        full = np.zeros(self.geometry.shape, np.uint8)
        inside = full[:, self.box[1], self.box[2]]
        last, below = 0, np.zeros(inside.shape[1:], np.float32)
        for height, plane in zip(self.heights, pixels, strict=True):
            above = _resample(rows, plane * np.float32(255.0), columns)
            for k in range(last + 1, height):
                share = np.float32((k - last) / (height - last))
                inside[k] = np.rint(below + share * (above - below))
            inside[height] = np.rint(above)
            last, below = height, above
        inside[last + 1 :] = inside[last]
        return full

    def _shrink(self, plane: NDArray[np.int16]) -> Planes:
        clipped = np.clip(plane, LOWEST_HU, HIGHEST_HU).astype(np.float32)
        return _resample(self.rows, clipped, self.columns)


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


def _pixels(span: slice, spacing_mm: float) -> Weights:
    """Rows of weights from voxels of a span to the network's pixels."""
    voxels = span.stop - span.start
    count = max(1, round(voxels * spacing_mm / PLANE_SPACING_MM))
    return averages(
        _pixel_positions(count, voxels * spacing_mm),
        (np.arange(voxels) + 0.5) * spacing_mm,
        reach_mm=max(spacing_mm, PIXEL_REACH_MM),
    )


def _spread(span: slice, spacing_mm: float) -> Weights:
    """Rows of weights from the network's pixels back to voxels of a span."""
    voxels = span.stop - span.start
    count = max(1, round(voxels * spacing_mm / PLANE_SPACING_MM))
    return averages(
        (np.arange(voxels) + 0.5) * spacing_mm,
        _pixel_positions(count, voxels * spacing_mm),
        reach_mm=PLANE_SPACING_MM,
    )


def _pixel_positions(count: int, length_mm: float) -> NDArray[np.float64]:
    return np.asarray(length_mm / 2 + (np.arange(count) - (count - 1) / 2) * PLANE_SPACING_MM)


def _resample(rows: Weights, plane: Planes, columns: Weights) -> Planes:
    return np.ascontiguousarray((columns @ (rows @ plane).T).T, dtype=np.float32)


def _padded(planes: Planes) -> Planes:
    """Planes widened at their far ends by air, to sides that the network can halve."""
    spare = [(0, 0), (0, 0)] + [(0, -side % SIDE_MULTIPLE) for side in planes.shape[2:]]
    air = to_signal(np.array([LOWEST_HU], np.float32))[0]
    return np.pad(planes, spare, constant_values=air)
