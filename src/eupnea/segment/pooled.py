"""Evidence pooled over a neighbourhood: no voxel is normal or abnormal by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.box import box_of
from eupnea.segment.morphology import Spacing

POOLED_MM = 2.0
"""Standard deviation of the Gaussian: wider hides small nodules, narrower leaves single voxels."""

REACH = 2.0
"""Standard deviations at which the Gaussian ends."""

LEAST_ROI = 4 / 255
"""Where the organ is less certain, a share of it tells little."""

LEAST_SHARE = 0.002
"""Nothing is surer than this, or its opposite."""

Shares = NDArray[np.float32]
"""(planes, rows, columns), 0 to 1."""


def pooled(roi: Shares, normal: Shares, spacing_mm: Spacing) -> Shares:
    """The share of normal where the evidence of neighbours counts: their log odds are averaged.

    Each neighbour weighs by its distance and by how sure it is of the organ, so what lies beyond
    the organ's border has no say.

    Args:
        roi: That a pixel belongs to the organ.
        normal: That it belongs to the organ and is normal.
        spacing_mm: Distances between planes, rows and columns.

    Examples:
        >>> roi, normal = np.ones((9, 9, 9), np.float32), np.full((9, 9, 9), 0.9, np.float32)
        >>> normal[4, 4, 4] = 0.1
        >>> bool(pooled(roi, normal, (1.5, 1.5, 1.5))[4, 4, 4] > 0.5)
        True
    """
    box = box_of(roi > LEAST_ROI)
    weight = roi[box]
    share = np.clip(normal[box] / np.maximum(weight, LEAST_ROI), LEAST_SHARE, 1 - LEAST_SHARE)
    evidence = weight * np.log(share / (1 - share))
    with ThreadPoolExecutor(2) as both:
        sums, weights = both.map(lambda part: _blurred(part, spacing_mm), (evidence, weight))
    odds = np.exp(sums / np.maximum(weights, LEAST_ROI))
    found = normal.copy()
    found[box] = weight * (odds / (1 + odds))
    return found


def _blurred(values: Shares, spacing_mm: Spacing) -> Shares:
    sigma = [POOLED_MM / step for step in spacing_mm]
    return np.asarray(ndimage.gaussian_filter(values, sigma, truncate=REACH, mode="nearest"))
