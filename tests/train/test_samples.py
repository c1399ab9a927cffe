"""The stream of training samples, and the ways to have scanned otherwise."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from eupnea.segment.planes import PLANE_OFFSETS_MM
from eupnea.train.acquisition import blur_motion, breathe, enhance, rescan
from eupnea.train.cases import Case, dense_places, unrecorded
from eupnea.train.samples import Sample, Stream


def draw(case: Case, seed: int, count: int = 24, *, healthy_share: float = 0.0) -> list[Sample]:
    """The first samples of a stream."""
    return list(islice(Stream([case], seed=seed, size=64, healthy_share=healthy_share), count))


def test_samples_are_consistent(case: Case) -> None:
    """Normal lies in the roi, shapes agree, signals are finite, some lung is diseased."""
    samples = draw(case, seed=1)
    for sample in samples:
        assert sample.signal.shape == (len(PLANE_OFFSETS_MM), 64, 64)
        assert np.isfinite(sample.signal).all()
        assert not (sample.normal & ~sample.roi).any()
    assert any((sample.roi & ~sample.normal).any() for sample in samples)


def test_healthy_samples_are_normal_where_known(case: Case) -> None:
    """Without disease all lung is normal, and what is of unknown nature says so."""
    samples = draw(case, seed=1, healthy_share=1.0)
    assert all(np.array_equal(sample.normal, sample.roi) for sample in samples)
    assert any((~sample.known).any() for sample in samples)
    assert not any((~sample.known & ~sample.roi).any() for sample in samples)


def test_a_seed_gives_one_stream(case: Case) -> None:
    """The same seed gives the same samples, another seed others."""
    one, same, other = (draw(case, seed, count=3)[2].signal for seed in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_breath_changes_lung_alone(case: Case) -> None:
    """Another breath moves the density of aerated lung to a plausible level, nothing else."""
    breathed = breathe(case.hu, case.lung, np.random.default_rng(2))
    assert np.array_equal(breathed[~case.lung], case.hu[~case.lung])
    assert -910 < breathed[case.lung].mean() < -610


def test_dependent_lung_is_denser_in_most_breaths(case: Case) -> None:
    """From front to back, by more than noise; a prone patient's the other way round."""
    slopes = []
    for seed in range(20):
        breathed = breathe(case.hu, case.lung, np.random.default_rng(seed)).astype(float)
        slopes.append(breathed[5:19, 55:62, 20:40].mean() - breathed[5:19, 18:25, 20:40].mean())
    assert np.median(slopes) > 15
    assert 80 < max(slopes) < 400


def test_slices_that_were_not_recorded_are_unknown(case: Case) -> None:
    """A lung at the least value over a quarter of a slice; emphysema elsewhere is kept."""
    hu = case.hu.copy()
    hu[7, 15:65, 12:48] = -1024
    hu[9, 20:24, 15:20] = -1024
    lost = unrecorded(hu, case.lung)
    assert np.array_equal(lost[7], case.lung[7])
    assert not lost[8:].any()


@pytest.mark.parametrize("seed", range(3))
def test_contrast_medium_raises_soft_tissue_alone(case: Case, seed: int) -> None:
    """Muscle and vessels change by patches; air, lung and fat stay as they are."""
    hu = case.hu.copy()
    hu[:, 66:70, 20:40] = -100
    enhanced = enhance(hu, np.random.default_rng(seed))
    assert np.array_equal(enhanced[hu < -70], hu[hu < -70])
    raised = enhanced[hu > 30].astype(float) - hu[hu > 30]
    assert raised.min() >= -26
    assert raised.std() > 5
    assert raised.max() < 255


@pytest.mark.parametrize("seed", range(6))
def test_another_scan_is_the_same_anatomy(case: Case, seed: int) -> None:
    """Kernel, dose and couch leave lung dark and tissue bright."""
    planes = case.hu[8:13].astype(np.float32)
    rng = np.random.default_rng(seed)
    again = blur_motion(rescan(planes, rng), rng)
    assert again.shape == planes.shape
    assert abs(np.median(again[:, 30:50, 20:40]) + 860) < 40
    assert abs(np.median(again[:, 30:50, 52:56]) - 45) < 60


def test_dense_places_are_thicker_than_vessels(case: Case) -> None:
    """A mass of 24 mm is left out of the truth; a vessel of 4 mm is not."""
    hu = case.hu.copy()
    hu[8:16, 30:42, 20:32] = 40
    hu[8:16, 30:32, 75:77] = 40
    found = dense_places(hu, case.lung, case.spacing_mm)
    assert found[12, 36, 26]
    assert not found[12, 31, 76]
