"""Two scans of the same lungs, brought together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import AlignmentLevel, Registration
from eupnea.compare.alignment import Alignment
from eupnea.mask import Mask
from eupnea.volume import Volume


def align(
    fixed: Volume,
    moving: Volume,
    *,
    fixed_roi: Mask,
    moving_roi: Mask,
) -> Alignment:
    """Find where each point of the fixed scan lies in the moving one."""
    matrix = _moments(fixed_roi, moving_roi)
    return Alignment.affine(
        fixed.geometry,
        moving.geometry,
        matrix=matrix,
        registration=Registration(level=AlignmentLevel.AFFINE),
    )


def _moments(fixed: Mask, moving: Mask) -> NDArray[np.float64]:
    """Scale and shift that bring centre and spread of two masks together."""
    here = fixed.geometry.to_mm(np.argwhere(fixed.voxels))
    there = moving.geometry.to_mm(np.argwhere(moving.voxels))
    scale = there.std(axis=0) / here.std(axis=0)
    matrix = np.diag([*scale, 1.0])
    matrix[:3, 3] = there.mean(axis=0) - scale * here.mean(axis=0)
    return matrix
