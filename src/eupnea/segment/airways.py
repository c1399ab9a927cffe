"""Trachea and main bronchi."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import Spacing, dilate, distance_mm, erode
from eupnea.segment.trachea import find_trachea

AIR_HU = -1000

LUMEN_HU = -950
"""Thinner air inside the body is lumen however thin the lung is, as in emphysema."""

LARGEST_TREE_ML = 110.0
"""More is a leak: trachea and main bronchi of adults hold 30 to 80 ml."""

SMALLEST_LUMEN_ML = 0.3
"""Less air does not tell how the scanner is calibrated."""

BRONCHI_HEIGHT_MM = 40.0
"""How far above its lower end the tree still belongs to the main bronchi."""

WALL_MM = 2.0
"""Thickness of the wall that leaves the lung together with the lumen."""


def central_airways(coarse: Coarse, air: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Trachea and main bronchi with their wall; empty when no trachea is seen.

    Args:
        coarse: The scan.
        air: Air inside the body: lungs, airways, bowel gas.
    """
    if not air.any():
        return air.copy()
    half_way_hu = (AIR_HU + float(np.median(coarse.hu[air]))) / 2
    lumen = air & (coarse.hu < max(half_way_hu, LUMEN_HU))
    trachea = find_trachea(coarse, air, lumen)
    if not trachea.any():
        return trachea
    tree = dilate(_follow(coarse, lumen, trachea), WALL_MM / 2, coarse.spacing_mm) & air
    return dilate(tree, WALL_MM, coarse.spacing_mm)


def airway_air_hu(coarse: Coarse, airways: NDArray[np.bool_]) -> float | None:
    """What the air in the large airways measures; `None` where too little is seen."""
    lumen = erode(airways, 2 * WALL_MM + 0.1, coarse.spacing_mm) & airways
    if np.count_nonzero(lumen) * coarse.geometry.voxel_volume_ml < SMALLEST_LUMEN_ML:
        return None
    return float(np.median(coarse.hu[lumen]))


def main_bronchi(airways: NDArray[np.bool_], slice_mm: float) -> NDArray[np.bool_]:
    """The lowest part of the large airways, which lies between the two hila."""
    lowest = int(np.flatnonzero(airways.any(axis=(1, 2)))[0])
    bronchi = airways.copy()
    bronchi[lowest + round(BRONCHI_HEIGHT_MM / slice_mm) + 1 :] = False
    return bronchi


def hilum_distance_mm(
    airways: NDArray[np.bool_], spacing_mm: Spacing
) -> NDArray[np.float32] | None:
    """How far each voxel is from the main bronchi; `None` when no airways were seen."""
    if not airways.any():
        return None
    return distance_mm(~main_bronchi(airways, spacing_mm[0]), spacing_mm)


def _follow(
    coarse: Coarse, lumen: NDArray[np.bool_], trachea: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The lumen that is joined to the trachea; the trachea alone when that leaks."""
    labels, _ = components(lumen, connectivity=6)
    tree = np.isin(labels, np.unique(labels[trachea]))
    volume_ml = np.count_nonzero(tree) * coarse.geometry.voxel_volume_ml
    return tree if volume_ml <= LARGEST_TREE_ML else trachea
