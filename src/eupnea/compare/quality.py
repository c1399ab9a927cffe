"""How good an alignment is, as far as the scans themselves can tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.correlation import LocalCorrelation
from eupnea.compare.warp import warp
from eupnea.compare.working import WorkingPair

Image = NDArray[np.float32]
Bits = NDArray[np.bool_]

RADIUS = 2


def dice(first: Bits, second: Bits) -> float:
    """Overlap of two masks on one grid, 0 to 1."""
    return float(2 * np.count_nonzero(first & second) / max(first.sum() + second.sum(), 1))


def deformed_roi(pair: WorkingPair, field: Image | None) -> Bits:
    """The moving organ on the fixed grid."""
    if field is None:
        return pair.moving_roi
    return _at_field(pair.moving_roi.astype(np.float32), field, np.ones_like(pair.fixed_roi)) > 0.5


def similarity(pair: WorkingPair, field: Image | None) -> float:
    """Mean local correlation of lung tissue, -1 to 1.

    Only voxels well inside both organs count, so that the organ's outline,
    which any two people share, adds nothing.
    """
    common = pair.fixed_roi & deformed_roi(pair, field)
    deep = ndimage.binary_erosion(common, iterations=RADIUS)
    if not deep.any():
        return 0.0
    moving = pair.moving if field is None else _at_field(pair.moving, field, deep)
    flat = np.zeros((3, *moving.shape), np.float32)
    return LocalCorrelation(pair.fixed, deep, RADIUS).pull(moving, flat, np.empty_like(flat))


def _at_field(image: Image, field: Image, mask: Bits) -> Image:
    warped = np.empty_like(image)
    warp(image, mask, field, warped, np.empty_like(field))
    return warped
