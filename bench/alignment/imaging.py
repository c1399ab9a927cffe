"""From tissue to the picture a scanner gives of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.geometry import Geometry
from eupnea.volume import Volume

AIR_HU = -1000.0


def smooth(volume: Volume, sigma_mm: float = 0.8) -> NDArray[np.float32]:
    """Most of the real scan's own noise must go, or both scans would share it."""
    sigma = [sigma_mm / spacing for spacing in volume.geometry.spacing_mm]
    return ndimage.gaussian_filter(volume.voxels.astype(np.float32), sigma)


def sample(
    array: NDArray[np.float32], grid: Geometry, points_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Values (n) at points (n, 3), interpolated."""
    sampled = np.empty(len(points_mm))
    index = grid.to_index(points_mm).T
    ndimage.map_coordinates(array, index, output=sampled, order=1, mode="nearest")
    return sampled


def breathe(hu: NDArray[np.float64], shrinkage: NDArray[np.float64]) -> NDArray[np.float64]:
    """Aerated lung changes density with its volume, as mass is kept; dense tissue cannot."""
    aerated = np.clip((-200 - hu) / 400, 0, 1)
    return np.asarray((hu - AIR_HU) * (1 + aerated * (shrinkage - 1)) + AIR_HU)


def expose(
    hu: NDArray[np.floating], grid: Geometry, noise_hu: float, rng: np.random.Generator
) -> Volume:
    """Whole Hounsfield units, with noise that neighbouring pixels share as in CT."""
    noise = rng.standard_normal(hu.shape).astype(np.float32)
    noise = ndimage.gaussian_filter(noise, [0.3, 0.6, 0.6])
    noisy = hu + noise_hu * noise / noise.std()
    return Volume(voxels=np.clip(np.round(noisy), -1024, 3000).astype(np.int16), geometry=grid)
