"""A fine image on coarser voxels: means of whole blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled

SHARE = 0.75
"""Longest side of a block, as a share of the resolution that is wanted."""


def block_steps(spacing_mm: tuple[float, float, float], wanted_mm: float) -> tuple[int, int, int]:
    """How many voxels along each axis make one block.

    Examples:
        >>> block_steps((1.0, 0.7, 0.4), 2.0)
        (1, 2, 3)
    """
    k, j, i = (max(1, int(SHARE * wanted_mm / step)) for step in spacing_mm)
    return k, j, i


@compiled
def shrink_organ(
    hu: NDArray[Any],
    roi: NDArray[np.bool_],
    steps: tuple[int, int, int],
    limits: tuple[float, float],
    beyond: float,
    out: NDArray[np.float32],
    inside: NDArray[np.float32],
) -> None:
    """Means of the organ's density and of its share over blocks of voxels.

    Args:
        hu: (slices, rows, columns).
        roi: The organ, on the same grid.
        steps: Voxels in a block, along each axis; the last block may hold fewer.
        limits: Densities are clipped to these.
        beyond: Density of all that is not the organ.
        out: Is overwritten with densities, one voxel a block.
        inside: Is overwritten with the organ's share, 0 to 1.
    """
    depth, height, width = hu.shape
    for k in range(out.shape[0]):
        for j in range(out.shape[1]):
            for i in range(out.shape[2]):
                total, held, count = 0.0, 0, 0
                for z in range(k * steps[0], min((k + 1) * steps[0], depth)):
                    for y in range(j * steps[1], min((j + 1) * steps[1], height)):
                        for x in range(i * steps[2], min((i + 1) * steps[2], width)):
                            count += 1
                            if roi[z, y, x]:
                                held += 1
                                total += min(max(float(hu[z, y, x]), limits[0]), limits[1])
                            else:
                                total += beyond
                out[k, j, i] = total / count
                inside[k, j, i] = held / count
