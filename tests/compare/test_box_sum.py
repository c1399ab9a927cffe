"""Window sums are what the definition says."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.compare.box_sum import box_sum
from naive import local_correlation as naive


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 4), (6, 5, 9), (9, 2, 1)])
@pytest.mark.parametrize("radius", [0, 1, 2, 4])
def test_sums_equal_the_naive_ones(shape: tuple[int, int, int], radius: int) -> None:
    """Running sums and shifted additions change nothing, at the border neither."""
    image = np.random.default_rng(0).integers(-9, 9, shape).astype(np.float32)
    out = np.empty(shape, np.float32)
    box_sum(image, radius, out)
    np.testing.assert_array_equal(out, naive.box_sum(image.astype(float), radius))
