"""Deforming an image, and its control points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled

Image = NDArray[np.float32]


@compiled
def warp(image: Image, mask: NDArray[np.bool_], field: Image, warped: Image, slope: Image) -> None:
    """Read an image at displaced voxels, with its derivatives there.

    Args:
        image: (slices, rows, columns).
        mask: Voxels to read; the others become 0.
        field: (3, ...) displacement in voxels.
        warped: Is overwritten.
        slope: (3, ...) is overwritten with the derivatives of the interpolation.
    """
    depth, height, width = image.shape
    for k in range(depth):
        for j in range(height):
            for i in range(width):
                if not mask[k, j, i]:
                    warped[k, j, i] = 0
                    slope[0, k, j, i] = slope[1, k, j, i] = slope[2, k, j, i] = 0
                    continue
                z = min(max(k + field[0, k, j, i], np.float32(0)), np.float32(depth - 1.001))
                y = min(max(j + field[1, k, j, i], np.float32(0)), np.float32(height - 1.001))
                x = min(max(i + field[2, k, j, i], np.float32(0)), np.float32(width - 1.001))
                k0, j0, i0 = int(z), int(y), int(x)
                a, b, c = z - k0, y - j0, x - i0
                v000, v001 = image[k0, j0, i0], image[k0, j0, i0 + 1]
                v010, v011 = image[k0, j0 + 1, i0], image[k0, j0 + 1, i0 + 1]
                v100, v101 = image[k0 + 1, j0, i0], image[k0 + 1, j0, i0 + 1]
                v110, v111 = image[k0 + 1, j0 + 1, i0], image[k0 + 1, j0 + 1, i0 + 1]
                v00, v01 = v000 + c * (v001 - v000), v010 + c * (v011 - v010)
                v10, v11 = v100 + c * (v101 - v100), v110 + c * (v111 - v110)
                v0, v1 = v00 + b * (v01 - v00), v10 + b * (v11 - v10)
                warped[k, j, i] = v0 + a * (v1 - v0)
                slope[0, k, j, i] = v1 - v0
                slope[1, k, j, i] = (1 - a) * (v01 - v00) + a * (v11 - v10)
                slope[2, k, j, i] = (1 - a) * ((1 - b) * (v001 - v000) + b * (v011 - v010)) + a * (
                    (1 - b) * (v101 - v100) + b * (v111 - v110)
                )


@compiled
def spread(control: Image, field: Image) -> None:
    """Interpolate control points, which sit on every second voxel, to all voxels."""
    depth, height, width = field.shape[1:]
    for axis in range(3):
        for k in range(depth):
            k0, k1 = k // 2, (k + 1) // 2
            for j in range(height):
                j0, j1 = j // 2, (j + 1) // 2
                for i in range(width):
                    i0, i1 = i // 2, (i + 1) // 2
                    field[axis, k, j, i] = np.float32(0.125) * (
                        control[axis, k0, j0, i0]
                        + control[axis, k0, j0, i1]
                        + control[axis, k0, j1, i0]
                        + control[axis, k0, j1, i1]
                        + control[axis, k1, j0, i0]
                        + control[axis, k1, j0, i1]
                        + control[axis, k1, j1, i0]
                        + control[axis, k1, j1, i1]
                    )


@compiled
def gather(force: Image, control: Image) -> None:
    """Sum the force on all voxels to control points: the transpose of `spread`."""
    depth, height, width = force.shape[1:]
    control[:] = 0
    for axis in range(3):
        for k in range(depth):
            k0, k1 = k // 2, (k + 1) // 2
            for j in range(height):
                j0, j1 = j // 2, (j + 1) // 2
                for i in range(width):
                    value = np.float32(0.125) * force[axis, k, j, i]
                    if value == 0:
                        continue
                    i0, i1 = i // 2, (i + 1) // 2
                    control[axis, k0, j0, i0] += value
                    control[axis, k0, j0, i1] += value
                    control[axis, k0, j1, i0] += value
                    control[axis, k0, j1, i1] += value
                    control[axis, k1, j0, i0] += value
                    control[axis, k1, j0, i1] += value
                    control[axis, k1, j1, i0] += value
                    control[axis, k1, j1, i1] += value
