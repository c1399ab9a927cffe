"""An affine map and a residual, forth and back, point by point and voxel by voxel."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.compare.alignment import Alignment
from eupnea.compare.carry import OUTSIDE
from eupnea.compare.displacement import Displacement
from eupnea.compare.mapping import Mapping
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from naive import deformation as naive
from support.drawn_scans import shifted, still

HERE = Geometry.regular(shape=(8, 9, 10), spacing_mm=(3.0, 2.0, 2.0))
THERE = Geometry.regular(shape=(9, 8, 12), spacing_mm=(2.5, 2.5, 2.0), origin_mm=(3.0, -1.0, 2.0))


def _mapping() -> Mapping:
    affine = np.diag([1.1, 0.95, 1.05, 1.0])
    affine[:3, 3] = (2.0, 1.0, -1.0)
    vectors = np.random.default_rng(0).uniform(-0.4, 0.4, (*HERE.shape, 3))
    return Mapping(affine=affine, residual=Displacement(vectors=vectors, geometry=HERE))


def _alignment() -> Alignment:
    forward = _mapping()
    return Alignment(
        fixed=HERE,
        moving=THERE,
        forward=forward,
        backward=forward.inverse(THERE),
        registration=still().registration,
    )


def test_the_inverse_leads_back() -> None:
    """Exactly on the grid where the inverse was sampled."""
    alignment = _alignment()
    inner = THERE.to_mm(np.argwhere(np.ones((3, 3, 3))) + 3)
    there_again = alignment.to_moving(alignment.to_fixed(inner))
    np.testing.assert_allclose(there_again, inner, atol=0.01)


def test_exchanging_the_roles_exchanges_the_ways() -> None:
    """The inverse of an alignment maps as its other half does."""
    alignment = _alignment()
    points = HERE.to_mm([[2, 3, 4], [5, 5, 5]])
    np.testing.assert_array_equal(alignment.inverse.to_fixed(points), alignment.to_moving(points))
    assert alignment.inverse.inverse.forward is alignment.forward


def test_carried_voxels_are_the_nearest_to_the_mapped_points() -> None:
    """Compiled in one pass; the same as point by point."""
    alignment = _alignment()
    flat = np.arange(np.prod(HERE.shape), dtype=np.intp)
    carried = alignment.carry(flat)
    index = np.stack(np.unravel_index(flat, HERE.shape), axis=-1)
    there = THERE.to_index(alignment.to_moving(HERE.to_mm(index)))
    nearest = np.floor(there + 0.5).astype(int)
    inside = ((nearest >= 0) & (nearest < THERE.shape)).all(axis=1)
    assert 0 < np.count_nonzero(~inside) < len(flat)
    assert (carried[~inside] == OUTSIDE).all()
    expected = np.ravel_multi_index(tuple(nearest[inside].T), THERE.shape)
    np.testing.assert_array_equal(carried[inside], expected)


def test_a_warped_mask_is_the_naive_one() -> None:
    """Each fixed voxel asks the moving mask."""
    alignment = _alignment()
    voxels = np.zeros(THERE.shape, bool)
    voxels[2:6, 3:6, 4:9] = True
    mask = Mask(voxels=voxels, geometry=THERE)
    warped = alignment.warp_mask(mask)
    assert not warped.is_empty
    np.testing.assert_array_equal(warped.voxels, naive.warp_mask(alignment, mask))


def test_an_empty_mask_stays_empty() -> None:
    """Nothing is carried to nothing."""
    assert _alignment().warp_mask(Mask.empty(THERE)).is_empty


def test_a_mask_of_another_scan_is_refused() -> None:
    """Only masks of the moving scan can be warped."""
    with pytest.raises(Refusal) as refused:
        _alignment().warp_mask(Mask.empty(HERE))
    assert refused.value.code is RefusalCode.GEOMETRY_MISMATCH


def test_the_jacobian_of_an_affine_map_is_its_determinant() -> None:
    """Everywhere, on the fixed grid."""
    ratio = shifted(3.0, 0.0, 0.0).jacobian
    assert (ratio.voxels == 1).all()


def test_the_jacobian_counts_affine_and_residual() -> None:
    """Without a residual vector it is the affine's determinant."""
    affine = np.diag([1.2, 1.0, 1.0, 1.0])
    still_field = Displacement(vectors=np.zeros((*HERE.shape, 3)), geometry=HERE)
    ratio = Mapping(affine=affine, residual=still_field).jacobian(HERE)
    np.testing.assert_allclose(ratio.voxels, 1.2, rtol=1e-5)
