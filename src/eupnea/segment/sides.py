"""Right and left lung."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.segment.components import components
from eupnea.segment.morphology import Spacing, distance_mm

RIGHT, LEFT = 1, 2

SMALLEST_SHARE = 0.1
"""A lung smaller than this share of both is not told from a fragment of the other."""

NECK_RADII_MM = (0.0, 2.0, 4.0, 6.0, 8.0, 12.0)
"""Erosions tried until the bridge between the lungs gives way."""


def split_sides(lungs: NDArray[np.bool_], spacing_mm: Spacing) -> NDArray[np.uint8]:
    """Labels right (1) and left (2) lung; all of it one side when only one lung is there.

    Args:
        lungs: Both lungs (slices, rows, columns), canonical, perhaps touching.
        spacing_mm: Of the grid.
    """
    seeds = _two_seeds(lungs, spacing_mm)
    if seeds is None:
        return np.where(lungs, _single_side(lungs), 0).astype(np.uint8)
    depth = distance_mm(lungs, spacing_mm)
    flooded = sitk.MorphologicalWatershedFromMarkers(
        sitk.GetImageFromArray(-depth),
        sitk.GetImageFromArray(seeds),
        markWatershedLine=False,
        fullyConnected=True,
    )
    return np.where(lungs, np.asarray(sitk.GetArrayFromImage(flooded), np.uint8), np.uint8(0))


def _two_seeds(lungs: NDArray[np.bool_], spacing_mm: Spacing) -> NDArray[np.uint8] | None:
    depth = distance_mm(lungs, spacing_mm)
    for radius in NECK_RADII_MM:
        labels, counts = components(depth > radius, connectivity=6)
        if len(counts) > 1 and counts[1] >= SMALLEST_SHARE * counts.sum():
            first, second = (float(np.nonzero(labels == n)[2].mean()) for n in (1, 2))
            order = (0, LEFT, RIGHT) if first > second else (0, RIGHT, LEFT)
            return np.array(order, np.uint8)[np.where(labels > 2, 0, labels)]
    return None


def _single_side(lungs: NDArray[np.bool_]) -> int:
    """Left when the only lung lies in the left half of the image."""
    return LEFT if float(np.nonzero(lungs)[2].mean()) > lungs.shape[2] / 2 else RIGHT
