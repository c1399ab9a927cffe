"""Telling thick dense tissue from the thin vessels and airway walls of normal lung."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.morphology import Spacing, dilate, distance_mm, erode

CALIBRES_MM = (3.0, 4.5, 6.5, 9.0)
"""Radii of dense structures that are still normal, from the periphery to the hilum."""

REACH_MM = (75.0, 50.0, 25.0)
"""Distances from the main bronchi within which the next larger calibre is normal.

The interlobar artery is 6 to 8 mm in radius at the hilum; subsegmental vessels
fall below 3 mm some 70 mm farther out.
"""


RIM_MM = 2.0
"""Width of the partial volume between lung and chest wall, which is dense and no disease."""


def thick_parts(
    dense: NDArray[np.bool_],
    organ: NDArray[np.bool_],
    spacing_mm: Spacing,
    *,
    hilum_mm: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """The dense tissue that is thicker than a vessel may be at its place, and not the organ's rim.

    A ball of the calibre that is normal there fits inside it (an opening whose
    radius grows toward the hilum).

    Args:
        dense: Dense tissue of the organ (slices, rows, columns).
        organ: The organ.
        spacing_mm: Of the grid.
        hilum_mm: Distance from the main bronchi.
    """
    rim_mm = max(RIM_MM, 1.01 * spacing_mm[0])
    depth = distance_mm(dense & erode(organ, rim_mm, spacing_mm), spacing_mm)
    thick = np.zeros_like(dense)
    inner = (np.inf, *REACH_MM)
    outer = (*REACH_MM, 0.0)
    for radius, far, near in zip(CALIBRES_MM, inner, outer, strict=True):
        ring = (hilum_mm <= far) & (hilum_mm >= near)
        thick |= dilate((depth > radius) & ring, radius, spacing_mm)
    return np.asarray(dense & dilate(thick, rim_mm, spacing_mm))
