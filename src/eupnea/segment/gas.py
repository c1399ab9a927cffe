"""Gas in stomach and bowel, which thin walls let run into the lungs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.box import box_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate, opened

POCKET_HU = -950
"""Gas, or lung without walls (LAA-950)."""

POCKET_MM = 3.0
"""A ball of this radius fits into a pocket of gas, and not between its folds."""

POCKET_ML = 0.5
"""Smaller pockets move no volume."""

SHELL_MM = (3.0, 9.0)
"""Around a pocket, from the wall's partial volume to what lies behind the wall."""

WALL_MM = 8.0
"""Folds and partial volume that go with a pocket, where they are no parenchyma."""

PARENCHYMA_SHARE = 0.15
"""A pocket with more lung around it is a bulla, a cavity or a bronchus."""

BELOW_SHARE, BELOW_MM = 0.5, 40.0
"""A pocket with lung below more of it is no bowel."""


def bowel_gas(coarse: Coarse, air: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pockets of gas that have no lung around and none below, with their folds.

    Args:
        coarse: The scan.
        air: Air inside the body, without the large airways.
    """
    parenchyma = opened(air & (coarse.hu >= POCKET_HU), POCKET_MM, coarse.spacing_mm)
    hollow = opened(air & (coarse.hu < POCKET_HU), POCKET_MM, coarse.spacing_mm)
    smallest = max(1, round(POCKET_ML / coarse.geometry.voxel_volume_ml))
    labels, counts = components(hollow, connectivity=6, minimal_voxels=smallest)
    lung_below = _lung_below(parenchyma, coarse.spacing_mm[0])
    bowel = np.zeros_like(air)
    k, j, i = (round(2 * SHELL_MM[1] / step) for step in coarse.spacing_mm)
    for label in range(1, len(counts) + 1):
        box = box_of(labels == label, (k, j, i))
        pocket = labels[box] == label
        near, far = (dilate(pocket, reach, coarse.spacing_mm) for reach in SHELL_MM)
        if (
            parenchyma[box][far & ~near].mean() < PARENCHYMA_SHARE
            and _floor_share(pocket, lung_below[box]) < BELOW_SHARE
        ):
            bowel[box] |= dilate(pocket, WALL_MM, coarse.spacing_mm)
    return bowel & air & ~parenchyma


def _lung_below(parenchyma: NDArray[np.bool_], slice_mm: float) -> NDArray[np.bool_]:
    """Where parenchyma lies at most `BELOW_MM` below."""
    height = round(BELOW_MM / slice_mm)
    count = np.cumsum(parenchyma, axis=0, dtype=np.int32)
    before = np.zeros_like(count)
    before[height:] = count[: max(0, len(count) - height)]
    return count > before


def _floor_share(pocket: NDArray[np.bool_], lung_below: NDArray[np.bool_]) -> float:
    """The share of a pocket's columns that have lung below."""
    columns = pocket.any(axis=0)
    floor = pocket.argmax(axis=0)
    below = np.take_along_axis(lung_below, floor[None], axis=0)[0]
    return float(below[columns].mean())
