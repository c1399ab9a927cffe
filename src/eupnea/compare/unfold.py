"""Repairing a deformation where it folds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.displacement import Displacement

LEAST_RATIO = 0.05
"""Tissue is never pressed to less than this share of its volume."""
ROUNDS = 50


def folded(displacement: Displacement, least_ratio: float = 0.0) -> NDArray[np.bool_]:
    """Voxels whose neighbourhood is turned inside out (Jacobian not above `least_ratio`)."""
    return np.asarray(displacement.jacobian() <= least_ratio)


def unfold(displacement: Displacement) -> Displacement:
    """Smooth the field around folds, and nowhere else, until there are none.

    Rarely anything is to be done: the mean of two independent deformations
    hardly ever folds.
    """
    for _ in range(ROUNDS):
        bad = folded(displacement, LEAST_RATIO)
        if not bad.any():
            break
        near = ndimage.binary_dilation(bad, iterations=2)
        vectors = displacement.vectors.copy()
        for axis in range(3):
            vectors[near, axis] = ndimage.uniform_filter(displacement.vectors[..., axis], 3)[near]
        displacement = Displacement(vectors=vectors, geometry=displacement.geometry)
    return displacement
