"""Random fields that repeat without a seam, and the noise of CT."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from eupnea.phantom.plan import Kernel
from eupnea.phantom.shapes import Floats

TILE = 64
"""Voxels along each side of a tile."""

PASS = {Kernel.SOFT: (0.75, 2.6, 0.5), Kernel.LUNG: (0.45, 1.2, 0.6)}
"""Each kernel's noise: width of its finest and its coarsest grain (mm), share of that removed."""
BETWEEN_SLICES = 0.45
"""How much of its neighbour's noise a slice shares at 1 mm distance."""


def tile(rng: np.random.Generator, *widths: float) -> Floats:
    """A periodic cube of smooth noise, mean 0 and standard deviation 1.

    Args:
        rng: The source of chance.
        widths: Widths of the Gaussians whose equal parts it is the sum of, in voxels.
    """
    field = np.zeros((TILE, TILE, TILE), np.float32)
    for width in widths:
        white = rng.standard_normal(field.shape, dtype=np.float32)
        smooth = ndimage.gaussian_filter(white, width, mode="wrap")
        field += smooth / smooth.std()
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


def sample(field: Floats, points_mm: tuple[Floats, Floats, Floats], *, step_mm: float) -> Floats:
    """A tile's values at positions, the tile being repeated through all space."""
    index = np.stack([axis / np.float32(step_mm) for axis in points_mm])
    index %= TILE
    return np.asarray(
        ndimage.map_coordinates(field, index, order=1, mode="grid-wrap", prefilter=False)
    )


class SliceNoise:
    """Noise of CT slices, one after another: correlated within and between slices.

    Args:
        kernel: Decides the noise's texture.
        spacing_mm: Distances between slices, rows and columns.
        rng: The source of chance.
    """

    def __init__(
        self, kernel: Kernel, spacing_mm: tuple[float, float, float], rng: np.random.Generator
    ) -> None:
        fine, coarse, self._removed = PASS[kernel]
        self._fine = [fine / step for step in spacing_mm[1:]]
        self._coarse = [coarse / step for step in spacing_mm[1:]]
        self._share = BETWEEN_SLICES ** spacing_mm[0]
        self._rng = rng
        self._before: Floats | None = None
        self._scale: float | None = None

    def draw(self, shape: tuple[int, int]) -> Floats:
        """The next slice's noise, standard deviation 1."""
        white = self._rng.standard_normal(shape, dtype=np.float32)
        if self._before is not None:
            white = self._share * self._before + np.sqrt(1 - self._share**2) * white
        self._before = white = white.astype(np.float32)
        band = ndimage.gaussian_filter(white, self._fine, mode="wrap")
        band -= self._removed * ndimage.gaussian_filter(white, self._coarse, mode="wrap")
        if self._scale is None:
            self._scale = 1 / float(band.std())
        return np.asarray(band * np.float32(self._scale))
