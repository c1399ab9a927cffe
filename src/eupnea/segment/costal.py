"""Dense lung at the rib cage: between aerated lung above and below, and at the apex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.segment.morphology import Spacing, opened
from eupnea.segment.sides import LEFT, RIGHT

SECTORS = 72
"""Directions around the axis of a lung, in which its outer border is read."""

FRONT_SECTORS, BACK_SECTORS = 8, 24
"""Beyond 40 degrees to the front of lateral lies the heart, beyond 120 to the back the spine."""

TALLEST_GAP_MM = 110.0
"""A gap between lung above and lung below is bridged up to this height."""

SHALLOWEST_GAP_MM = 10.0
"""Unevenness of the border below this depth is left to the closing."""

THINNEST_MM = 5.0
"""A ball of this radius fits into dense lung; thinner is the edge of the diaphragm."""

LOWER_APEX_MM = 30.0
"""An apex that is lower than the other lung's by more is dense, not aerated."""

FEWEST_SECTORS = SECTORS // 4
"""In fewer directions a lower apex is a matter of how the axes run."""

BONE_HU = 200
"""Denser is bone, also in block means."""

RIB_PITCH_MM = 24.0
"""From one rib to the next; within this height every direction meets a rib."""

RIB_MM = 3.0
"""What lies between a rib and the lung: pleura, and the blur of the rib."""

FEWEST_SLICES = 3
"""Fewer have nothing above and below to be bridged."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Outline:
    """A lung as seen from its axis; sector 0 is lateral, sectors run to the back."""

    sectors: NDArray[np.int16]
    """Of each voxel."""
    radii: NDArray[np.float32]
    """Distance of each voxel from the axis, mm."""
    border: NDArray[np.float32]
    """Largest distance of aerated lung for each slice and sector; 0 without lung."""

    @classmethod
    def of(cls, lung: NDArray[np.bool_], side: int, spacing_mm: Spacing) -> _Outline | None:
        """The outline of a lung; `None` when there is next to no lung."""
        if np.count_nonzero(lung.any(axis=(1, 2))) < FEWEST_SLICES:
            return None
        rows, columns = _axis(lung)
        y = _from_axis(rows, lung.shape[1], spacing_mm[1])[:, :, None]
        x = _from_axis(columns, lung.shape[2], spacing_mm[2])[:, None, :]
        lateral = -x if side == RIGHT else x
        turns = np.arctan2(y, lateral) / np.float32(2 * np.pi)
        sectors = np.rint(turns * SECTORS).astype(np.int16) % SECTORS
        radii = np.hypot(y, lateral)
        border = np.zeros((len(lung), SECTORS), np.float32)
        np.maximum.at(border, (np.nonzero(lung)[0], sectors[lung]), radii[lung])
        return cls(sectors=sectors, radii=radii, border=border)

    def ribs(self, bone: NDArray[np.bool_], slice_mm: float) -> NDArray[np.float32]:
        """The distance of the nearest bone for each slice and sector; infinite without bone."""
        nearest = np.full(self.border.shape, np.inf, np.float32)
        np.minimum.at(nearest, (np.nonzero(bone)[0], self.sectors[bone]), self.radii[bone])
        height = 2 * round(RIB_PITCH_MM / slice_mm / 2) + 1
        return np.asarray(ndimage.minimum_filter(nearest, size=(height, 3), mode="nearest"))

    def within(self, reach: NDArray[np.float32]) -> NDArray[np.bool_]:
        """The voxels nearer to the axis than a reach for each slice and sector."""
        here = reach[np.arange(len(reach))[:, None, None], self.sectors]
        return np.asarray((self.radii <= here) & (here > 0))


def dense_at_ribs(
    sides: NDArray[np.uint8], hu: NDArray[np.int16], spacing_mm: Spacing
) -> NDArray[np.uint8]:
    """The dense tissue between the aerated lungs and the rib cage, by side.

    Healthy lung lines the rib cage from apex to base. Seen from the axis of
    the lung, its outer border in one direction therefore hardly changes from
    slice to slice; where it falls back and returns lower down, a mass or a
    consolidation lies at the pleura. Where it does not return before the apex
    of the other lung, the other lung, mirrored, says where the border is, and
    the ribs bound it.
    Below the base nothing is added, so that liver and spleen stay outside.

    Args:
        sides: The aerated right and left lung (slices, rows, columns), canonical.
        hu: Hounsfield units on the same grid.
        spacing_mm: Of the grid.
    """
    dense = np.zeros_like(sides)
    outlines = {side: _Outline.of(sides == side, side, spacing_mm) for side in (RIGHT, LEFT)}
    for side, other in ((RIGHT, LEFT), (LEFT, RIGHT)):
        outline = outlines[side]
        if outline is None:
            continue
        reach = _bridge(outline.border, spacing_mm[0])
        if (mirrored := outlines[other]) is not None:
            apex = _apex(outline.border, mirrored.border, spacing_mm[0])
            if apex.any():
                ribs = outline.ribs(hu > BONE_HU, spacing_mm[0])
                reach = np.maximum(reach, np.minimum(apex, ribs - RIB_MM))
        added = outline.within(reach) & (sides == 0)
        dense[opened(added, THINNEST_MM, spacing_mm)] = side
    return dense


def _bridge(border: NDArray[np.float32], slice_mm: float) -> NDArray[np.float32]:
    """The border closed along the body axis, where that fills a gap at the ribs; else 0."""
    height = 2 * round(TALLEST_GAP_MM / slice_mm / 2) + 1
    bridged = ndimage.grey_closing(border, size=(height, 1), mode="constant")
    bridged[bridged - border < SHALLOWEST_GAP_MM] = 0.0
    bridged[:, BACK_SECTORS : SECTORS - FRONT_SECTORS] = 0.0
    return np.asarray(bridged)


def _apex(
    border: NDArray[np.float32], other: NDArray[np.float32], slice_mm: float
) -> NDArray[np.float32]:
    """The border of the other lung above the top of this one, in its size; else 0."""
    both = (border > 0) & (other > 0)
    missing = (_tops(other) - _tops(border)) * slice_mm > LOWER_APEX_MM
    if np.count_nonzero(missing) < FEWEST_SECTORS or not both.any():
        return np.zeros_like(border)
    scaled = np.minimum(other * np.median(border[both] / other[both]), border.max(axis=0))
    above = np.arange(len(border))[:, None] > _tops(border)
    return np.where(missing & above, scaled, np.float32(0)).astype(np.float32)


def _tops(border: NDArray[np.float32]) -> NDArray[np.intp]:
    """The highest slice with lung in each sector."""
    return np.asarray(np.where(border > 0, np.arange(len(border))[:, None], 0).max(axis=0))


def _from_axis(axis: NDArray[np.float64], count: int, step_mm: float) -> NDArray[np.float32]:
    """Distances (slices, count) of rows or columns from an axis, mm."""
    return ((np.arange(count) - axis[:, None]) * step_mm).astype(np.float32)


def _axis(lung: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Row and column of the axis of the lung in each slice.

    It is a straight line, so that a slice that lacks lung on one side does not move its own axis.
    """
    heights = np.arange(len(lung))
    area = np.count_nonzero(lung, axis=(1, 2)).astype(float)
    lines = []
    for axis in (1, 2):
        profile = np.count_nonzero(lung, axis=3 - axis) @ np.arange(lung.shape[axis], dtype=float)
        middle = profile / np.maximum(area, 1)
        fit = np.polynomial.Polynomial.fit(heights, middle, deg=1, w=np.sqrt(area))
        lines.append(fit(heights))
    return lines[0], lines[1]
