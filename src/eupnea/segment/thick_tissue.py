"""Tissue too thick to be normal: vessels and airway walls are thin, for where they lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.box import box_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.thickness import thick_parts

POORLY_AERATED_HU = -500
"""Denser lung holds little air (Gattinoni et al. 2001, doi 10.1164/ajrccm.164.9.2103121)."""


def thick_tissue(
    coarse: Coarse, organ: NDArray[np.bool_], hilum_mm: NDArray[np.float32] | None
) -> NDArray[np.bool_]:
    """The poorly aerated tissue of an organ that is thicker than a vessel may be at its place.

    Args:
        coarse: The scan.
        organ: The organ, on the coarse grid.
        hilum_mm: Distance from the main bronchi; `None` when none were seen, and all of it may
            lie at a hilum.
    """
    box = box_of(organ, (1, 1, 1))
    near = organ[box]
    found = np.zeros_like(organ)
    found[box] = thick_parts(
        near & (coarse.hu[box] >= POORLY_AERATED_HU),
        near,
        coarse.spacing_mm,
        hilum_mm=np.zeros(near.shape, np.float32) if hilum_mm is None else hilum_mm[box],
    )
    return found
