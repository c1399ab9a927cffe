"""The inside of the body: where lungs can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import dilate

LUNG_AIR_HU = -400
"""Darker voxels hold more air than tissue: half way from lung (-850) to soft tissue (50)."""

PURE_AIR_HU = -950
"""Darker voxels hold no tissue to speak of."""

RIM_MM = 4.5
"""Width of the partial volume between skin and the air around the body."""


def outside_air(coarse: Coarse) -> NDArray[np.bool_]:
    """The air around the body: pure air that reaches the side of the image."""
    pure = coarse.hu < PURE_AIR_HU
    labels, counts = components(pure, connectivity=6)
    reaching = np.zeros(len(counts) + 1, bool)
    for side in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        reaching[np.unique(side)] = True
    reaching[0] = False
    air = reaching[labels]
    return dilate(air, RIM_MM, coarse.spacing_mm) & (coarse.hu < LUNG_AIR_HU)


def inside_body(coarse: Coarse, outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels from which the body is met in at least three of four directions.

    The four directions lie in the axial plane. Where the image ends inside the
    body, its edge counts as body.
    """
    tissue, _ = components(coarse.hu >= LUNG_AIR_HU, connectivity=6)
    body = tissue == 1
    frame = np.zeros_like(body)
    frame[:, (0, -1)] = True
    frame[:, :, (0, -1)] = True
    body |= frame & ~outside
    met = np.zeros(body.shape, np.uint8)
    for axis in (1, 2):
        met += np.maximum.accumulate(body, axis=axis)
        met += np.flip(np.maximum.accumulate(np.flip(body, axis), axis=axis), axis)
    return (met >= 3) & ~outside
