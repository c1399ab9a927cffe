"""Coarse fields: what is linear comes back exactly."""

from __future__ import annotations

import numpy as np

from eupnea.geometry import Geometry
from eupnea.phantom.coarse import Coarse

FINE = Geometry.regular(
    shape=(21, 33, 30), spacing_mm=(1.5, 0.8, 0.9), origin_mm=(-12.0, 5.0, 40.0)
)
COARSE = Coarse(fine=FINE, step_mm=4.0)
EVERYTHING = (slice(0, 33), slice(0, 30))


def test_a_linear_field_is_refined_exactly() -> None:
    """Reading it on the fine grid gives the same plane."""
    slope = np.array([0.3, -0.7, 0.2])
    field = COARSE.points() @ slope
    for k in (0, 7, 20):
        fine = COARSE.refine(COARSE.section(field, k), EVERYTHING)
        index = np.moveaxis(np.indices((33, 30), dtype=float), 0, -1)
        height = np.full((33, 30, 1), float(k))
        wanted = FINE.to_mm(np.concatenate([height, index], axis=-1)) @ slope
        np.testing.assert_allclose(fine, wanted, atol=1e-5)


def test_a_window_holds_everything_below_the_cut() -> None:
    """No fine voxel below the value lies outside the window."""
    field = np.linalg.norm(COARSE.points() - [2.0, 17.0, 55.0], axis=-1) - 7
    section = COARSE.section(field, 10)
    window = COARSE.window(section, below=0)
    assert window is not None
    outside = COARSE.refine(section, EVERYTHING) < 0
    outside[window] = False
    assert not outside.any()


def test_an_empty_section_has_no_window() -> None:
    """There is nothing to paint."""
    assert COARSE.window(np.ones(COARSE.grid.shape[1:]), below=0) is None
