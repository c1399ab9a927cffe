"""Trachea and main bronchi."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate, distance_mm

TRACHEA_AREA_MM2 = (60.0, 800.0)
"""Axial cross-sections that a trachea can have."""

TRACHEA_LENGTH_MM = 25.0
"""A shorter tube is not taken for the trachea."""

LUMEN_HU = -930
"""Darker than lung, which holds tissue; the lumen of a large airway is air."""

LUMEN_RADIUS_MM = 2.5
"""Narrower airways belong to the lung."""

WALL_MM = 2.0
"""Thickness of the wall that leaves the lung together with the lumen."""


def central_airways(coarse: Coarse, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Trachea and main bronchi with their wall; empty when no trachea is seen."""
    trachea = _trachea(coarse, inside)
    if not trachea.any():
        return trachea
    lumen = inside & (coarse.hu < LUMEN_HU)
    core = (distance_mm(lumen, coarse.spacing_mm) > LUMEN_RADIUS_MM) | trachea
    labels, _ = components(core, connectivity=6)
    grown = np.isin(labels, np.unique(labels[trachea]))
    tree = dilate(grown, LUMEN_RADIUS_MM, coarse.spacing_mm) & (coarse.hu < LUNG_AIR_HU)
    return dilate(tree, WALL_MM, coarse.spacing_mm)


def _trachea(coarse: Coarse, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The longest dark tube of a trachea's calibre that reaches high up."""
    tubes = _slim_sections(coarse, inside & (coarse.hu < LUNG_AIR_HU))
    labels, counts = components(tubes, connectivity=6, minimal_voxels=20)
    best, best_score = 0, 0.0
    for label in range(1, min(len(counts), 40) + 1):
        tube = labels == label
        slices = np.flatnonzero(tube.any(axis=(1, 2)))
        length = len(slices) * coarse.spacing_mm[0]
        if length < TRACHEA_LENGTH_MM or np.median(coarse.hu[tube]) > LUMEN_HU:
            continue
        score = length * float(slices.mean()) / len(tube)
        if score > best_score:
            best, best_score = label, score
    return np.asarray((labels == best) & (labels > 0))


def _slim_sections(coarse: Coarse, air: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Axial sections of air whose area a trachea can have."""
    pixel_mm2 = coarse.spacing_mm[1] * coarse.spacing_mm[2]
    low, high = (area / pixel_mm2 for area in TRACHEA_AREA_MM2)
    slim = np.zeros_like(air)
    for n, section in enumerate(air):
        labels, counts = components(section[None], connectivity=6)
        fits = np.concatenate([[False], (counts >= low) & (counts <= high)])
        slim[n] = fits[labels[0]]
    return slim
