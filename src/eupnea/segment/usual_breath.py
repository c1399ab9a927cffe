"""The same lung at a usual breath and on a sound scale, as a trained network is shown it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

USUAL_HU = -850.0
"""Lungs whose most frequent density is thinner are shown to a network as dense as this.

Denser ones are shown as they are: an expiration is more than less air, for places trap air.
"""

THINNEST_HU = -930.0
"""The most frequent density of a normal lung in the deepest inspiration.

What is thinner still is not put right wholly: it is disease.
"""

TISSUE_HU = 40.0
"""Vessels and walls keep their density: in between, a voxel is a mixture of both."""

LEAST_HU = -1024.0

SIXTEEN_BITS = 1 << 16

DensityTable = NDArray[np.int16]
"""What becomes of each 16 bit density, found by its bits."""


def at_usual_breath(
    hu: NDArray[np.int16], mode_hu: float | None, *, scale: float = 1.0
) -> NDArray[np.int16]:
    """Densities with deeply inflated lungs as dense as at a usual breath.

    Inflated lung holds the same tissue in more air. So the most frequent
    density of the lungs goes to `USUAL_HU`, gas and tissue stay, and what
    lies between is mixed as before.

    Args:
        hu: Of any chest CT.
        mode_hu: The most frequent density of its aerated lung, HU as stored;
            `None` if unknown: then nothing but the scale is put right.
        scale: What its densities must be multiplied by first; see
            `eupnea.segment.air_scale`.
    """
    if mode_hu is None and scale == 1.0:
        return hu
    return np.asarray(density_table(mode_hu, scale=scale)[hu.view(np.uint16)])


def density_table(mode_hu: float | None, *, scale: float = 1.0) -> DensityTable:
    """The table that `at_usual_breath` looks densities up in.

    Examples:
        >>> shown = density_table(-900.0)
        >>> values = np.array([-1024, -900, -430, 40, 300], np.int16)
        >>> shown[values.view(np.uint16)].tolist()
        [-1024, -850, -405, 40, 300]
    """
    stored = np.arange(SIXTEEN_BITS, dtype=np.uint16).view(np.int16)
    hu = np.clip(np.rint(stored * scale), -32768, 32767)
    if mode_hu is not None:
        mode = float(np.clip(mode_hu * scale, THINNEST_HU, USUAL_HU))
        inside = (hu > LEAST_HU) & (hu < TISSUE_HU)
        known, wanted = (LEAST_HU, mode, TISSUE_HU), (LEAST_HU, USUAL_HU, TISSUE_HU)
        hu = np.where(inside, np.interp(hu, known, wanted), hu)
    return np.asarray(np.rint(hu), np.int16)
