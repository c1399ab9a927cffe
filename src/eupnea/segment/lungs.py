"""The lungs as the region of interest, diseased parts included."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.mask import Mask
from eupnea.organ import Method, RegionOfInterest
from eupnea.scan import Scan
from eupnea.segment.airways import airway_air_hu
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import without_holes
from eupnea.segment.costal import dense_at_ribs
from eupnea.segment.inner_air import InnerAir
from eupnea.segment.lung_notes import lung_notes
from eupnea.segment.morphology import closed, dilate, distance_mm
from eupnea.segment.sides import LEFT, RIGHT, split_sides

METHOD = Method(
    name="anatomical-lungs",
    version="1",
    summary=(
        "Air inside the body, without trachea, main bronchi and bowel gas; "
        "hilum and bays at the pleura closed on each side."
    ),
)

SMALLEST_LUNGS_ML = 150.0
"""Less aerated lung is no chest CT; the air spaces of the head hold up to 120 ml."""

SMALLEST_RADIUS_MM = 18.0
"""A ball of this radius fits into a lung, and into no sinus, larynx or bowel loop."""

TISSUE_HU = 40
"""Soft tissue; the border of a lung lies half way between it and this lung's density."""

CLOSING_MM = 12.0
"""Radius of the ball that closes hilum and bays at the pleura."""

DENSE_CLOSING_MM = 25.0
"""The same around dense lung at the ribs, which goes on inward."""


def find_lungs(scan: Scan) -> RegionOfInterest:
    """Both lungs, from the air inside the body.

    Args:
        scan: A chest CT.

    Raises:
        Refusal: `NOT_CHEST` when no lungs are in the scan.
    """
    coarse = Coarse.of(scan.volume)
    inner = InnerAir.of(coarse)
    sides = close_sides(inner.aerated, coarse)
    sides[inner.no_lung] = 0
    refuse_without_lungs(inner.aerated, sides > 0, coarse)
    other_air = inner.airways | (inner.air & (sides == 0))
    border_hu = (float(np.median(coarse.hu[inner.aerated])) + TISSUE_HU) / 2
    full = _refine(scan, coarse, organ=sides > 0, barred=other_air, border_hu=border_hu)
    air_hu = airway_air_hu(coarse, inner.airways)
    return RegionOfInterest(
        mask=Mask(voxels=full, geometry=scan.geometry),
        notes=lung_notes(sides, coarse, air_hu),
        air_hu=air_hu,
    )


def refuse_without_lungs(
    aerated: NDArray[np.bool_], lungs: NDArray[np.bool_], coarse: Coarse
) -> None:
    """Refuses what no chest holds: too little aerated lung, or none as thick as a lung.

    Args:
        aerated: The aerated part of what was found, on the coarse grid.
        lungs: All of what was found.
        coarse: The scan.

    Raises:
        Refusal: `NOT_CHEST`.
    """
    volume_ml = np.count_nonzero(aerated) * coarse.geometry.voxel_volume_ml
    radius_mm = float(distance_mm(lungs, coarse.spacing_mm).max()) if lungs.any() else 0.0
    if volume_ml < SMALLEST_LUNGS_ML or radius_mm < SMALLEST_RADIUS_MM:
        raise Refusal(
            RefusalCode.NOT_CHEST,
            expected=f"at least {SMALLEST_LUNGS_ML:.0f} ml of aerated lung, with room for a "
            f"ball of {SMALLEST_RADIUS_MM:.0f} mm radius",
            found=f"{volume_ml:.0f} ml, {radius_mm:.0f} mm",
        )


def close_sides(aerated: NDArray[np.bool_], coarse: Coarse) -> NDArray[np.uint8]:
    """Right and left lung, each with its dense parts as far as its shape gives them away.

    Args:
        aerated: Aerated lung on the coarse grid.
        coarse: The scan.
    """
    spacing_mm = coarse.spacing_mm
    sides = split_sides(aerated, spacing_mm)
    dense = dense_at_ribs(sides, coarse.hu, spacing_mm)
    whole = np.zeros_like(sides)
    for side in (LEFT, RIGHT):
        lung = closed((sides == side) | (dense == side), CLOSING_MM, spacing_mm)
        if (dense == side).any():
            near = dilate(dense == side, DENSE_CLOSING_MM, spacing_mm)
            lung |= near & closed(lung, DENSE_CLOSING_MM, spacing_mm)
        whole[without_holes(lung)] = side
    return np.where(aerated, sides, whole)


def _refine(
    scan: Scan,
    coarse: Coarse,
    *,
    organ: NDArray[np.bool_],
    barred: NDArray[np.bool_],
    border_hu: float,
) -> NDArray[np.bool_]:
    """The organ on the scan's own grid, its aerated border drawn voxel by voxel."""
    air = coarse.hu < border_hu
    step = max(coarse.spacing_mm) * 1.01
    near = dilate(organ, step, coarse.spacing_mm) & ~barred
    border = near & ~(organ & ~air) & (distance_mm(organ, coarse.spacing_mm) <= step)
    full = coarse.blocks.to_source(organ & ~border)
    full |= coarse.blocks.to_source(border) & (scan.hu < border_hu)
    return without_holes(full)
