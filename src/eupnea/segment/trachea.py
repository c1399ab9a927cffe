"""The trachea: a tube of air with a wall around it, beside the lungs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from eupnea.box import box_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate, opened

TRACHEA_AREA_MM2 = (40.0, 800.0)
"""Axial cross-sections that a trachea can have."""

TRACHEA_LENGTH_MM = 20.0
"""A shorter tube beside the lungs is not taken for the trachea."""

LUNG_AREA_MM2 = 1500.0
"""More air than this in an axial slice is lung; so little is neck."""

AROUND_MM = (2.5, 6.0)
"""Where the wall of a tube is looked for, from it: beyond its blur, short of the next organ."""

MOST_AIR_AROUND = 0.4
"""More air around a tube and it lies within a lung. A trachea meets lung at one side at most: there
was 0.03 to 0.35 around those of 19 scans, 0.42 to 0.89 around thin lung in views of one lung."""

BELOW_APEX_MM = 40.0
"""A trachea comes down from the neck: one that begins farther below the lungs' top is gas in
stomach or bowel, or a bronchus."""

WIDE_MM = 8.0
"""A ball of this radius fits into lungs, and into no airway that joins them."""

LUNG_SHARE = 0.3
"""Of the widest air in the body: so much is a lung, or the air between head and arms."""

MOST_TUBES = 40


def find_trachea(
    coarse: Coarse, air: NDArray[np.bool_], lumen: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The tube of a trachea's calibre that runs longest, and highest, beside the lungs.

    Thin lung is no trachea, however tubular: nothing parts it from the lung around.

    Args:
        coarse: The scan.
        air: Air inside the body.
        lumen: The part of it that is as thin as the air in airways may be.

    Returns:
        Its lumen; empty where no trachea is seen.
    """
    lowest = _apex(coarse, air) - BELOW_APEX_MM / coarse.spacing_mm[0]
    for tube in _tubes(coarse, air, lumen):
        if _top(tube) >= lowest and _is_walled(tube, coarse, air):
            return tube
    return np.zeros_like(air)


def _tubes(
    coarse: Coarse, air: NDArray[np.bool_], lumen: NDArray[np.bool_]
) -> Iterator[NDArray[np.bool_]]:
    """What has the calibre and the length of a trachea, the likeliest first."""
    pixel_mm2 = coarse.spacing_mm[1] * coarse.spacing_mm[2]
    beside = np.count_nonzero(air, axis=(1, 2)) * pixel_mm2 > LUNG_AREA_MM2
    heights = np.flatnonzero(beside)
    labels, counts = components(_slim_sections(coarse, lumen), connectivity=6, minimal_voxels=20)
    scores = {}
    for label in range(1, min(len(counts), MOST_TUBES) + 1):
        slices = np.flatnonzero((labels == label).any(axis=(1, 2)) & beside)
        length = len(slices) * coarse.spacing_mm[0]
        if length >= TRACHEA_LENGTH_MM:
            scores[label] = length * float(slices.mean() - heights[0] + 1)
    for label in sorted(scores, key=scores.__getitem__, reverse=True):
        yield labels == label


def _is_walled(tube: NDArray[np.bool_], coarse: Coarse, air: NDArray[np.bool_]) -> bool:
    """Whether what lies around a tube, at its own height, is mostly no air."""
    _, rows, columns = (int(AROUND_MM[1] // step) + 1 for step in coarse.spacing_mm)
    box = box_of(tube, (0, rows, columns))
    inner, outer = (dilate(tube[box], reach, coarse.spacing_mm) for reach in AROUND_MM)
    return bool(air[box][outer & ~inner].mean() <= MOST_AIR_AROUND)


def _apex(coarse: Coarse, air: NDArray[np.bool_]) -> int:
    """The highest slice of the lung that ends lower; wide air that ends higher has no say."""
    slice_mm, row_mm, column_mm = coarse.spacing_mm
    sparse = opened(air[:, ::2, ::2], WIDE_MM, (slice_mm, 2 * row_mm, 2 * column_mm))
    wide, counts = components(sparse, connectivity=6)
    lungs = np.flatnonzero(counts >= LUNG_SHARE * counts.max(initial=0)) + 1
    return min((_top(wide == lung) for lung in lungs), default=0)


def _top(mask: NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(mask.any(axis=(1, 2)))[-1])


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
