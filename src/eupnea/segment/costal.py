"""Dense lung at the rib cage, where aerated lung lines it above and below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.segment.morphology import Spacing
from eupnea.segment.sides import RIGHT

SECTORS = 72
"""Directions around the axis of a lung, in which its outer border is read."""

FRONT_SECTORS, BACK_SECTORS = 8, 24
"""Beyond 40 degrees to the front of lateral lies the heart, beyond 120 to the back the spine."""

TALLEST_GAP_MM = 110.0
"""A gap between lung above and lung below is bridged up to this height."""

SHALLOWEST_GAP_MM = 10.0
"""Unevenness of the border below this depth is left to the closing."""

FEWEST_SLICES = 3
"""Fewer have nothing above and below to be bridged."""


def bridge_costal_gaps(
    lung: NDArray[np.bool_], side: int, spacing_mm: Spacing
) -> NDArray[np.bool_]:
    """One lung, with the dense tissue between its aerated part and the ribs.

    Healthy lung lines the rib cage from apex to base. Seen from the axis of
    the lung, its outer border in one direction therefore hardly changes from
    slice to slice; where it falls back and returns lower down, a mass or a
    consolidation lies at the pleura. The border is closed along the body
    axis alone: below the base nothing is added, so that liver and spleen stay
    outside.

    Args:
        lung: The aerated part of one lung (slices, rows, columns), canonical.
        side: `RIGHT` or `LEFT`.
        spacing_mm: Of the grid.
    """
    if np.count_nonzero(lung.any(axis=(1, 2))) < FEWEST_SLICES:
        return lung.copy()
    sectors, radii = _polar(lung, side, spacing_mm)
    border = _outer_border(lung, sectors, radii)
    height = 2 * round(TALLEST_GAP_MM / spacing_mm[0] / 2) + 1
    bridged = ndimage.grey_closing(border, size=(height, 1), mode="constant")
    bridged[bridged - border < SHALLOWEST_GAP_MM] = 0.0
    bridged[:, BACK_SECTORS : SECTORS - FRONT_SECTORS] = 0.0
    reach = bridged[np.arange(len(lung))[:, None, None], sectors]
    return lung | ((radii <= reach) & (reach > 0))


def _polar(
    lung: NDArray[np.bool_], side: int, spacing_mm: Spacing
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Sector and distance of each voxel from the axis of the lung; sector 0 is lateral."""
    rows, columns = _axis(lung)
    shape = lung.shape
    y = (np.arange(shape[1]) - rows[:, None])[:, :, None] * spacing_mm[1]
    x = (np.arange(shape[2]) - columns[:, None])[:, None, :] * spacing_mm[2]
    lateral = -x if side == RIGHT else x
    angle = np.arctan2(y, lateral) / (2 * np.pi)
    sectors = np.rint(angle * SECTORS).astype(np.int16) % SECTORS
    return sectors, np.hypot(y, lateral).astype(np.float32)


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


def _outer_border(
    lung: NDArray[np.bool_], sectors: NDArray[np.int16], radii: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Largest distance of the lung from its axis, for each slice and sector; 0 without lung."""
    border = np.zeros((len(lung), SECTORS), np.float32)
    slices = np.nonzero(lung)[0]
    np.maximum.at(border, (slices, sectors[lung]), radii[lung])
    return border
