"""Local normalised correlation, voxel by voxel, as the definition reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def local_correlation(
    fixed: NDArray[np.float64],
    moving: NDArray[np.float64],
    mask: NDArray[np.bool_],
    radius: int,
    noise_variance: float,
) -> float:
    """Mean over the mask of the correlation in the masked window around each voxel."""
    values = []
    for centre in np.argwhere(mask):
        window = tuple(slice(max(n - radius, 0), n + radius + 1) for n in centre)
        inside = mask[window]
        f, m = fixed[window][inside], moving[window][inside]
        common = ((f - f.mean()) * (m - m.mean())).mean()
        values.append(common / np.sqrt((f.var() + noise_variance) * (m.var() + noise_variance)))
    return float(np.mean(values))


def box_sum(image: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Sum of each voxel's window, cut at the border."""
    out = np.empty(image.shape)
    for centre in np.ndindex(image.shape):
        window = tuple(slice(max(n - radius, 0), n + radius + 1) for n in centre)
        out[centre] = image[window].sum()
    return out
