"""Connected components against a plain flood fill."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from eupnea.segment.components import Connectivity, components, without_holes


@pytest.mark.parametrize(("connectivity", "rank"), [(6, 1), (18, 2), (26, 3)])
def test_components_are_those_of_the_plain_library(connectivity: Connectivity, rank: int) -> None:
    """The partition is scipy's; only the numbers differ."""
    mask = np.random.default_rng(0).random((12, 13, 14)) > 0.8
    labels, counts = components(mask, connectivity=connectivity)
    plain, number = ndimage.label(mask, ndimage.generate_binary_structure(3, rank))
    pairs = np.unique(np.stack([labels[mask], plain[mask]]), axis=1)
    assert pairs.shape[1] == number == len(counts)
    np.testing.assert_array_equal(labels > 0, mask)


def test_components_are_numbered_by_size() -> None:
    """Label 1 is the largest, and the counts are those of the labels."""
    mask = np.random.default_rng(1).random((12, 13, 14)) > 0.85
    labels, counts = components(mask)
    np.testing.assert_array_equal(counts, np.bincount(labels.ravel())[1:])
    assert (np.diff(counts) <= 0).all()


def test_small_components_are_dropped() -> None:
    """Below the minimal size a component is no component."""
    mask = np.random.default_rng(2).random((12, 13, 14)) > 0.85
    everything, counts = components(mask)
    labels, kept = components(mask, minimal_voxels=4)
    assert kept.min() >= 4
    np.testing.assert_array_equal(labels, np.where(everything <= len(kept), everything, 0))
    assert len(kept) == np.count_nonzero(counts >= 4)


def test_an_empty_mask_has_no_components() -> None:
    """Nothing yields no labels and no counts."""
    labels, counts = components(np.zeros((2, 3, 4), bool))
    assert not labels.any()
    assert len(counts) == 0


def test_holes_are_filled_as_by_the_plain_library() -> None:
    """What six neighbours enclose, in a mask that is a part of another, too."""
    mask = np.random.default_rng(2).random((12, 13, 14)) > 0.3
    for part in (mask, mask[1:, ::2, 2:]):
        filled = without_holes(part)
        np.testing.assert_array_equal(filled, ndimage.binary_fill_holes(part))
        assert filled.sum() > part.sum()
