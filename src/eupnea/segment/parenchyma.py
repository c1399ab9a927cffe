"""How dense this patient's aerated lung is, from front to back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.morphology import Spacing, erode

CORE_MM = 5.0
"""Depth below the pleura from which the density of lung is read."""

SLABS = 12
"""Layers from front to back in which the lung's density is read."""

SLAB_VOXELS = 500
"""A layer with fewer voxels is left out."""

BIN_HU = 10
PLAUSIBLE_HU = (-980.0, -660.0)
"""Where the density of aerated lung lies, from emphysema to the back in expiration."""

STEEPEST_HU_PER_MM = 1.0
"""A steeper change from front to back is disease, not gravity."""


@dataclass(frozen=True, kw_only=True)
class Parenchyma:
    """The most frequent density of aerated lung, its slope to the back, and its spread.

    The most frequent density and the spread on its thin side hold while less
    than half of a layer is diseased (the idea of WAVE, Berta et al. 2021: a
    Gaussian at the thin side of the histogram).
    """

    mode_hu: float
    """Half way between front and back."""
    slope_hu_per_mm: float
    """Of the density toward the back: gravity, positive in a supine patient."""
    spread_hu: float
    """Standard deviation on the thin side of the mode."""
    middle: float
    """Row to which `mode_hu` belongs."""
    row_mm: float

    def mode_at(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The most frequent density at each row, within the plausible range."""
        hu = self.mode_hu + self.slope_hu_per_mm * self.row_mm * (rows - self.middle)
        return np.clip(hu, *PLAUSIBLE_HU)


def read_parenchyma(
    hu: NDArray[np.float32] | NDArray[np.int16], core: NDArray[np.bool_], *, row_mm: float
) -> Parenchyma:
    """Reads the density of aerated lung in layers from front to back.

    Args:
        hu: Denoised Hounsfield units (slices, rows, columns).
        core: Lung without its rim.
        row_mm: Distance between rows.
    """
    rows = np.nonzero(core)[1]
    values = hu[core]
    edges = np.quantile(rows, np.linspace(0, 1, SLABS + 1)) if len(rows) else np.zeros(1)
    layers = [
        (float(rows[part].mean()), _mode(values[part]))
        for low, high in pairwise(edges)
        if np.count_nonzero(part := (rows >= low) & (rows <= high)) >= SLAB_VOXELS
    ]
    if not layers:
        return Parenchyma(mode_hu=-850, slope_hu_per_mm=0, spread_hu=40, middle=0, row_mm=row_mm)
    places, modes = np.array(layers).T
    middle = float(np.median(places))
    slope = _robust_slope(places * row_mm, modes)
    mode = float(np.median(modes - slope * row_mm * (places - middle)))
    fitted = mode + slope * row_mm * (rows - middle)
    thin = (fitted - values)[values < fitted]
    spread = float(np.median(thin)) / 0.6745 if len(thin) else 40.0
    return Parenchyma(
        mode_hu=mode, slope_hu_per_mm=slope, spread_hu=spread, middle=middle, row_mm=row_mm
    )


def parenchyma_of(
    hu: NDArray[np.float32] | NDArray[np.int16], organ: NDArray[np.bool_], spacing_mm: Spacing
) -> Parenchyma:
    """Reads the density of aerated lung below the pleura.

    Args:
        hu: Denoised Hounsfield units (slices, rows, columns).
        organ: The lungs, on the same grid.
        spacing_mm: Of the grid.
    """
    return read_parenchyma(hu, erode(organ, CORE_MM, spacing_mm), row_mm=spacing_mm[1])


def _mode(values: NDArray[np.float32] | NDArray[np.int16]) -> float:
    """The most frequent plausible density, from a smoothed histogram."""
    edges = np.arange(PLAUSIBLE_HU[0], PLAUSIBLE_HU[1] + 2 * BIN_HU, BIN_HU)
    counts, _ = np.histogram(values, edges)
    smooth = np.convolve(counts, [1, 2, 3, 2, 1], mode="same")
    return float(edges[int(smooth.argmax())] + BIN_HU / 2)


def _robust_slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The median of the slopes between all pairs (Theil and Sen)."""
    first, second = np.triu_indices(len(x), k=1)
    if not len(first):
        return 0.0
    slope = float(np.median((y[second] - y[first]) / np.maximum(x[second] - x[first], 1e-6)))
    return float(np.clip(slope, -STEEPEST_HU_PER_MM, STEEPEST_HU_PER_MM))
