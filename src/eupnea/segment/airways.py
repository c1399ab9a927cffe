"""Trachea and main bronchi."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import Spacing, dilate, distance_mm, erode

AIR_HU = -1000

TRACHEA_AREA_MM2 = (40.0, 800.0)
"""Axial cross-sections that a trachea can have."""

TRACHEA_LENGTH_MM = 20.0
"""A shorter tube beside the lungs is not taken for the trachea."""

LUNG_AREA_MM2 = 1500.0
"""More air than this in an axial slice is lung; so little is neck."""

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
    lumen = air & (coarse.hu < (AIR_HU + float(np.median(coarse.hu[air]))) / 2)
    trachea = _trachea(coarse, air, lumen)
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


def _trachea(coarse: Coarse, air: NDArray[np.bool_], lumen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The tube of a trachea's calibre that runs longest, and highest, beside the lungs."""
    pixel_mm2 = coarse.spacing_mm[1] * coarse.spacing_mm[2]
    beside = np.count_nonzero(air, axis=(1, 2)) * pixel_mm2 > LUNG_AREA_MM2
    heights = np.flatnonzero(beside)
    labels, counts = components(_slim_sections(coarse, lumen), connectivity=6, minimal_voxels=20)
    best, best_score = 0, 0.0
    for label in range(1, min(len(counts), 40) + 1):
        slices = np.flatnonzero((labels == label).any(axis=(1, 2)) & beside)
        length = len(slices) * coarse.spacing_mm[0]
        if length < TRACHEA_LENGTH_MM:
            continue
        score = length * float(slices.mean() - heights[0] + 1)
        if score > best_score:
            best, best_score = label, score
    return np.asarray((labels == best) & (labels > 0))


def _slim_sections(coarse: Coarse, lumen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Axial sections of lumen whose area a trachea can have."""
    pixel_mm2 = coarse.spacing_mm[1] * coarse.spacing_mm[2]
    low, high = (area / pixel_mm2 for area in TRACHEA_AREA_MM2)
    slim = np.zeros_like(lumen)
    for n, section in enumerate(lumen):
        labels, counts = components(section[None], connectivity=6)
        fits = np.concatenate([[False], (counts >= low) & (counts <= high)])
        slim[n] = fits[labels[0]]
    return slim
