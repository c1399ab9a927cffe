"""Local normalised correlation of two images, and where it wants voxels to go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.box_sum import box_sum
from eupnea.compare.compiled import compiled

Image = NDArray[np.float32]

NOISE_VARIANCE = 400.0
"""(20 HU)^2: windows that vary less than this hold noise, and are damped."""


class LocalCorrelation:
    """The similarity of a fixed image to a moving one that is being deformed.

    Around each voxel of the mask the images are compared by their correlation
    in a small window. It ignores the brightness of the window, so density may
    change with the breath from place to place (Avants et al. 2008,
    10.1016/j.media.2007.06.004).
    """

    def __init__(self, fixed: Image, mask: NDArray[np.bool_], radius: int) -> None:
        self._weight = mask.astype(np.float32)
        self._fixed = fixed * self._weight
        self._radius = radius
        shape = fixed.shape
        self._count = self._box(self._weight, np.empty(shape, np.float32))
        self._fixed_sum = self._box(self._fixed, np.empty(shape, np.float32))
        self._fixed_square = self._box(self._fixed**2, np.empty(shape, np.float32))
        self._buffers = np.empty((6, *shape), np.float32)
        self._voxels = float(self._weight.sum())

    def pull(self, warped: Image, slope: Image, force: Image) -> float:
        """The mean correlation; and its gradient by each voxel's displacement.

        Args:
            warped: The moving image, deformed onto the fixed grid.
            slope: (3, ...) its derivative along slices, rows and columns.
            force: (3, ...) is overwritten with the gradient.
        """
        moving, square, product, a, b, c = self._buffers
        _products(self._fixed, warped, self._weight, moving, square, product)
        for part, result in ((moving, a), (square, b), (product, c)):
            self._box(part, result)
        total = _coefficients(
            self._count, self._fixed_sum, self._fixed_square, self._weight, a, b, c
        )
        for part, result in ((a, square), (b, product), (c, a)):
            self._box(part, result)
        _combine(self._fixed, moving, self._weight, square, product, a, slope, force)
        return float(total) / self._voxels

    def _box(self, source: Image, out: Image) -> Image:
        box_sum(source, self._radius, out)
        return out


@compiled
def _products(
    fixed: Image, warped: Image, weight: Image, moving: Image, square: Image, product: Image
) -> None:
    f, w, g = fixed.ravel(), warped.ravel(), weight.ravel()
    m, s, p = moving.ravel(), square.ravel(), product.ravel()
    for n in range(f.size):
        value = w[n] * g[n]
        m[n] = value
        s[n] = value * value
        p[n] = value * f[n]


@compiled
def _coefficients(
    count: Image, fixed_sum: Image, fixed_square: Image, weight: Image, a: Image, b: Image, c: Image
) -> float:
    """In: window sums of m, m^2, f m. Out: what each window adds to the gradient."""
    n_, f_, ff_, g_ = count.ravel(), fixed_sum.ravel(), fixed_square.ravel(), weight.ravel()
    a_, b_, c_ = a.ravel(), b.ravel(), c.ravel()
    total = 0.0
    for n in range(n_.size):
        if g_[n] == 0:
            a_[n] = b_[n] = c_[n] = 0
            continue
        each = 1 / n_[n]
        mean_f, mean_m = f_[n] * each, a_[n] * each
        var_f = ff_[n] * each - mean_f * mean_f + np.float32(NOISE_VARIANCE)
        var_m = b_[n] * each - mean_m * mean_m + np.float32(NOISE_VARIANCE)
        common = c_[n] * each - mean_f * mean_m
        scale = 1 / np.sqrt(var_f * var_m)
        total += common * scale
        first = each * scale
        second = first * common / var_m
        a_[n] = first
        b_[n] = second
        c_[n] = second * mean_m - first * mean_f
    return total


@compiled
def _combine(
    fixed: Image,
    moving: Image,
    weight: Image,
    a: Image,
    b: Image,
    c: Image,
    slope: Image,
    force: Image,
) -> None:
    f, m, g = fixed.ravel(), moving.ravel(), weight.ravel()
    a_, b_, c_ = a.ravel(), b.ravel(), c.ravel()
    s, out = slope.reshape((3, f.size)), force.reshape((3, f.size))
    for n in range(f.size):
        pull = g[n] * (a_[n] * f[n] - b_[n] * m[n] + c_[n])
        for axis in range(3):
            out[axis, n] = pull * s[axis, n]
