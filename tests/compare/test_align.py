"""Two scans of one lung are brought together."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.analysis import AlignmentLevel
from eupnea.compare import Alignment, align
from eupnea.compare.align import AlignSettings
from eupnea.mask import Mask
from support.toy_lungs import FIRST, SECOND, ToyLung, first_lung, second_lung, to_first


@pytest.fixture(scope="module")
def first() -> ToyLung:
    """The earlier scan."""
    return first_lung()


@pytest.fixture(scope="module")
def second() -> ToyLung:
    """The later scan: shifted, breathed, with noise of its own."""
    return second_lung()


@pytest.fixture(scope="module")
def aligned(first: ToyLung, second: ToyLung) -> Alignment:
    """Both, aligned."""
    return _align(first, second)


def _align(first: ToyLung, second: ToyLung, settings: AlignSettings | None = None) -> Alignment:
    return align(
        first.volume,
        second.volume,
        fixed_roi=first.roi,
        moving_roi=second.roi,
        settings=settings,
    )


def _points(lung: ToyLung, count: int = 800) -> np.ndarray:
    picks = np.random.default_rng(0).choice(np.flatnonzero(lung.roi.voxels), count, replace=False)
    index = np.stack(np.unravel_index(picks, lung.roi.voxels.shape), axis=-1)
    return lung.roi.geometry.to_mm(index)


def test_points_are_found_within_half_a_millimetre(second: ToyLung, aligned: Alignment) -> None:
    """On voxels of 3 mm; before, they lay 6 mm apart."""
    points = _points(second)
    error = np.linalg.norm(aligned.to_fixed(points) - to_first(points), axis=1)
    apart = np.linalg.norm(points - to_first(points), axis=1)
    assert apart.mean() > 5
    assert error.mean() < 0.6
    assert np.percentile(error, 95) < 1.3


def test_both_ways_agree(second: ToyLung, aligned: Alignment) -> None:
    """Back and forth leads to where one started."""
    points = _points(second)
    again = aligned.to_moving(aligned.to_fixed(points))
    assert np.linalg.norm(again - points, axis=1).mean() < 0.1


def test_the_quality_is_reported(aligned: Alignment) -> None:
    """Overlap, consistency, folding and similarity are what they must be."""
    quality = aligned.registration
    assert quality.level is AlignmentLevel.DEFORMABLE
    assert quality.folded_fraction == 0
    assert quality.roi_dice is not None
    assert quality.roi_dice > 0.95
    assert quality.similarity is not None
    assert quality.similarity > 0.6
    assert quality.inverse_consistency_mm is not None
    assert quality.inverse_consistency_mm < 1


def test_the_jacobian_is_the_true_ratio_of_volumes(
    first: ToyLung, second: ToyLung, aligned: Alignment
) -> None:
    """Its mean over the organ is how much larger the later organ is."""
    ratio = aligned.jacobian
    inside = first.roi.geometry.to_index(
        ratio.geometry.to_mm(np.argwhere(np.ones(ratio.geometry.shape, bool)))
    )
    index = np.clip(np.round(inside).astype(int), 0, np.array(FIRST.shape) - 1)
    held = first.roi.voxels[tuple(index.T)].reshape(ratio.geometry.shape)
    expected = second.roi.volume_ml / first.roi.volume_ml
    assert float(ratio.voxels[held].mean()) == pytest.approx(expected, rel=0.03)


def test_the_same_scans_give_the_same_bits(
    first: ToyLung, second: ToyLung, aligned: Alignment
) -> None:
    """Two threads do not change a bit."""
    again = _align(first, second)
    assert again.forward.residual is not None
    assert aligned.forward.residual is not None
    np.testing.assert_array_equal(again.forward.residual.vectors, aligned.forward.residual.vectors)


def test_a_deformation_that_fails_its_check_leaves_the_affine_map(
    first: ToyLung, second: ToyLung
) -> None:
    """And the registration says that it is no more than that."""
    quality = _align(first, second, AlignSettings(least_dice=1.0)).registration
    assert quality.level is AlignmentLevel.AFFINE
    assert quality.inverse_consistency_mm is None


def test_organs_that_cannot_overlap_are_not_aligned(first: ToyLung, second: ToyLung) -> None:
    """A lung against a thin rim of one: nothing corresponds."""
    rim = np.zeros(SECOND.shape, bool)
    rim[5:20, 4:24, 5] = True
    rim[5:20, 4, 5:24] = True
    hollow = ToyLung(volume=second.volume, roi=Mask(voxels=rim, geometry=SECOND))
    assert _align(first, hollow).registration.level is AlignmentLevel.NONE
