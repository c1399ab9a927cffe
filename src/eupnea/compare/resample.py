"""Reading an image at the points of another grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled


@compiled
def resample(
    image: NDArray[np.float32],
    to_source: NDArray[np.float64],
    beyond: float,
    out: NDArray[np.float32],
) -> None:
    """Fill `out` by trilinear interpolation.

    Args:
        image: (slices, rows, columns).
        to_source: 3 x 4, from an index of `out` to an index of `image`.
        beyond: Value outside the image.
        out: Is overwritten.
    """
    size = image.shape
    for k in range(out.shape[0]):
        for j in range(out.shape[1]):
            for i in range(out.shape[2]):
                z = _row(to_source[0], k, j, i)
                y = _row(to_source[1], k, j, i)
                x = _row(to_source[2], k, j, i)
                inside = 0 <= z <= size[0] - 1 and 0 <= y <= size[1] - 1 and 0 <= x <= size[2] - 1
                out[k, j, i] = _at(image, z, y, x) if inside else beyond


@compiled
def _row(row: NDArray[np.float64], k: int, j: int, i: int) -> float:
    return float(row[0] * k + row[1] * j + row[2] * i + row[3])


@compiled
def _at(image: NDArray[np.float32], z: float, y: float, x: float) -> float:
    k0, j0, i0 = int(z), int(y), int(x)
    k1 = min(k0 + 1, image.shape[0] - 1)
    j1 = min(j0 + 1, image.shape[1] - 1)
    i1 = min(i0 + 1, image.shape[2] - 1)
    a, b, c = z - k0, y - j0, x - i0
    near = (1 - b) * ((1 - c) * image[k0, j0, i0] + c * image[k0, j0, i1]) + b * (
        (1 - c) * image[k0, j1, i0] + c * image[k0, j1, i1]
    )
    far = (1 - b) * ((1 - c) * image[k1, j0, i0] + c * image[k1, j0, i1]) + b * (
        (1 - c) * image[k1, j1, i0] + c * image[k1, j1, i1]
    )
    return float((1 - a) * near + a * far)
