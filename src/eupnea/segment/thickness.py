"""Telling thick dense tissue from the thin vessels and airway walls of normal lung."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.morphology import Spacing, dilate, distance_mm

CALIBRES_MM = (3.0, 4.5, 6.5, 9.0)
"""Radii of dense structures that are still normal, from the periphery to the hilum."""

REACH_MM = (75.0, 50.0, 25.0)
"""Distances from the main bronchi within which the next larger calibre is normal.

The interlobar artery is 6 to 8 mm in radius at the hilum; subsegmental vessels
fall below 3 mm some 70 mm farther out.
"""


def thick_parts(
    dense: NDArray[np.bool_], spacing_mm: Spacing, *, hilum_mm: NDArray[np.float32] | None
) -> NDArray[np.bool_]:
    """The dense tissue that is thicker than a vessel may be at its place.

    A ball of the calibre that is normal there fits inside it (an opening whose
    radius grows toward the hilum).

    Args:
        dense: Dense tissue (slices, rows, columns).
        spacing_mm: Of the grid.
        hilum_mm: Distance from the main bronchi; `None` when none were seen.
    """
    depth = distance_mm(dense, spacing_mm)
    thick = np.zeros_like(dense)
    if hilum_mm is None:
        return dilate(depth > CALIBRES_MM[0], CALIBRES_MM[0], spacing_mm)
    inner = (np.inf, *REACH_MM)
    outer = (*REACH_MM, 0.0)
    for radius, far, near in zip(CALIBRES_MM, inner, outer, strict=True):
        ring = (hilum_mm <= far) & (hilum_mm >= near)
        thick |= dilate((depth > radius) & ring, radius, spacing_mm)
    return thick
