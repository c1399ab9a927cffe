"""Synthetic disease and its truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.train.disease import FAMILIES, Diseased, Family, Site, lay_disease
from eupnea.train.disease.belly import belly_of, fill_belly, survey_belly
from eupnea.train.disease.fields import blob, smooth_noise
from eupnea.train.disease.lay import Ground, without_rim
from eupnea.train.disease.untaught import UNTAUGHT

SPACING_MM = (2.0, 1.5, 1.5)

ANY = {**FAMILIES, **UNTAUGHT}


@pytest.fixture(scope="module")
def lung() -> NDArray[np.bool_]:
    """Two boxes, as lungs lie."""
    mask = np.zeros((40, 100, 140), bool)
    mask[5:35, 20:85, 15:62] = True
    mask[5:35, 20:85, 78:125] = True
    return mask


@pytest.fixture(scope="module")
def chest(lung: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Noisy lung in noisy tissue."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 20, lung.shape)
    return np.where(lung, -850 + noise, 40 + noise).astype(np.int16)


@pytest.fixture(scope="module")
def ground(chest: NDArray[np.int16], lung: NDArray[np.bool_]) -> Ground:
    """The survey of the chest."""
    return Ground.of(chest, lung, SPACING_MM, np.random.default_rng(1))


@pytest.mark.parametrize("family", ANY.values(), ids=list(ANY))
def test_truth_is_where_the_scan_changed(
    family: Family, chest: NDArray[np.int16], lung: NDArray[np.bool_], ground: Ground
) -> None:
    """Each family changes the lung, stays in it, marks what it changed, and most of its mark."""
    sick = lay_disease(chest, ground, [family] * 3, np.random.default_rng(5))
    changed = np.abs(sick.hu.astype(int) - chest) > 100
    assert sick.abnormal.any()
    assert not (sick.abnormal & ~lung).any()
    assert not (changed & ~lung).any()
    assert (changed & sick.abnormal).sum() > 0.7 * changed.sum()


def test_no_mass_is_calcified_throughout(chest: NDArray[np.int16], ground: Ground) -> None:
    """Nodules of up to 3 cm may be; what is larger has the density of tissue."""
    nodule = FAMILIES["solid nodule"]
    for radius_mm, some_are in ((8.0, True), (20.0, False)):
        family = replace(nodule, radius_mm=(radius_mm, radius_mm))
        sick = [
            lay_disease(chest, ground, [family], np.random.default_rng(seed)) for seed in range(40)
        ]
        medians = [np.median(each.hu[each.abnormal]) for each in sick]
        assert bool(max(medians) > 200) is some_are


def test_what_is_untaught_is_never_taught() -> None:
    """No name stands in both lists."""
    assert not FAMILIES.keys() & UNTAUGHT.keys()


@pytest.mark.parametrize("family", ANY.values(), ids=list(ANY))
def test_a_seed_gives_one_disease(family: Family, chest: NDArray[np.int16], ground: Ground) -> None:
    """The same seed gives the same voxels, another seed others."""
    one, same, other = (
        lay_disease(chest, ground, [family], np.random.default_rng(seed)).hu for seed in (2, 2, 3)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_consolidation_keeps_the_noise_of_the_scan(
    chest: NDArray[np.int16], ground: Ground
) -> None:
    """Inside dense disease the noise is that of the scan's soft tissue."""
    sick = lay_disease(chest, ground, [FAMILIES["consolidation"]] * 4, np.random.default_rng(4))
    dense = sick.abnormal & (sick.hu > -120)
    step = np.diff(sick.hu.astype(float), axis=2)[dense[:, :, 1:] & dense[:, :, :-1]]
    assert 15 < step.std() / np.sqrt(2) < 40


def test_a_blob_has_the_size_it_was_asked_for() -> None:
    """A smooth blob fills a ball's volume within a tenth."""
    shape = (40, 60, 60)
    site = Site(
        hu=np.zeros(shape, np.float32),
        lung=np.ones(shape, bool),
        grain=np.zeros(shape, np.float32),
        spacing_mm=(2.0, 1.5, 1.5),
        centre=(20, 30, 30),
        radius_mm=15.0,
    )
    volume = (blob(site, np.random.default_rng(0), roughness=0.0) > 0.5).sum() * 4.5
    assert volume == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.1)
    noise = smooth_noise(site, 10.0, np.random.default_rng(0))
    assert noise.mean() == pytest.approx(0, abs=1e-3)
    assert noise.std() == pytest.approx(1, abs=1e-3)


def test_the_belly_lies_below_the_lungs(chest: NDArray[np.int16], lung: NDArray[np.bool_]) -> None:
    """In the body, lower than any lung of its column; air beside the body is none."""
    body = chest.copy()
    body[:, :, :6] = -1000
    body = np.concatenate([np.repeat(body[:1], 30, axis=0), body])
    lungs = np.concatenate([np.zeros((30, *lung.shape[1:]), bool), lung])
    belly = belly_of(body, lungs, SPACING_MM)
    assert belly[:30, :, 8:].mean() > 0.9
    assert not belly[35:].any()
    assert not belly[:, :, :5].any()
    ground = survey_belly(body, lungs, SPACING_MM, np.random.default_rng(1))
    assert ground is not None
    filled = [fill_belly(body, ground, np.random.default_rng(seed)) for seed in range(6)]
    assert any((each != body).any() for each in filled)
    for each in filled:
        assert np.array_equal(each[~belly], body[~belly])


def test_a_scan_that_ends_above_the_diaphragm_has_no_belly(
    chest: NDArray[np.int16], lung: NDArray[np.bool_]
) -> None:
    """Nothing is laid where nothing was scanned."""
    rng = np.random.default_rng(1)
    assert survey_belly(chest[6:], lung[6:], SPACING_MM, rng) is None
    assert fill_belly(chest, None, rng) is chest


def test_dense_disease_leaves_no_rim_of_air(
    chest: NDArray[np.int16], lung: NDArray[np.bool_]
) -> None:
    """A lung that fills up fills the voxels at its border, which hold half air, with it."""
    rim = ndimage.binary_dilation(lung, np.ones((1, 3, 3), bool)) & ~lung
    partial = np.where(rim, np.int16(-400), chest)
    abnormal = lung.copy()
    abnormal[:, :, 70:] = False
    hu = np.where(abnormal, np.int16(30), partial)
    filled = without_rim(Diseased(hu=hu, abnormal=abnormal), lung, np.random.default_rng(0))
    left = np.zeros_like(lung)
    left[:, :, :70] = True
    assert (filled[rim & left] >= 0).all()
    assert np.array_equal(filled[~(rim & left)], hu[~(rim & left)])
