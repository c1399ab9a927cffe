"""Air beside the lungs that planes take for lung: bowel under the diaphragm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.components import components
from eupnea.segment.inner_air import InnerAir
from eupnea.segment.morphology import Spacing, dilate

WALL_MM = 6.0
"""How far around stray air its wall reaches."""

LEAST_HELD = 0.5
"""Of bowel the chest as a whole is less sure than this; of cavities and air in filled lung it is
surer."""


def stray_air(
    taken: NDArray[np.bool_],
    inner: InnerAir,
    located: NDArray[np.float32],
    spacing_mm: Spacing,
) -> NDArray[np.bool_]:
    """What was taken for lung and is air of something else, with its wall.

    A piece of the body's air is stray when anatomy does not know it for
    aerated lung and the chest as a whole is not sure of it on average.

    Args:
        taken: What the planes took for lung, on the coarse grid.
        inner: The body's air, told apart.
        located: How sure each voxel is lung by the chest as a whole, 0 to 1.
        spacing_mm: Of the coarse grid.
    """
    air = taken & inner.air & ~inner.aerated
    pieces, counts = components(air, connectivity=6)
    sums = np.bincount(pieces[air], weights=located[air], minlength=len(counts) + 1)[1:]
    stray = np.append(False, sums < LEAST_HELD * counts)[pieces]
    wall = dilate(stray, WALL_MM, spacing_mm) & taken & (located < LEAST_HELD)
    return np.asarray(stray | (wall & ~inner.aerated))
