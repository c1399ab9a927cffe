"""Six zones."""

from __future__ import annotations

import numpy as np

from eupnea.mask import Mask
from eupnea.segment.zones import NAMES, lung_zones, zone_shares
from support.toy_chest import TOY_GRID, ToyChest


def test_zones_partition_the_lungs(toy: ToyChest) -> None:
    """Every voxel of the lungs has one zone, and no other voxel has any."""
    roi = Mask(voxels=toy.right | toy.left, geometry=TOY_GRID)
    zones = lung_zones(roi)
    np.testing.assert_array_equal(zones.labels > 0, roi.voxels)
    assert zones.names == NAMES


def test_zones_are_thirds_of_the_height_of_each_lung(toy: ToyChest) -> None:
    """The upper zones lie at the head, and each takes a third of the slices."""
    zones = lung_zones(Mask(voxels=toy.right | toy.left, geometry=TOY_GRID))
    for side in ("right", "left"):
        heights = []
        for height in ("upper", "middle", "lower"):
            label = NAMES.index(f"{side} {height}") + 1
            heights.append(np.flatnonzero((zones.labels == label).any(axis=(1, 2))))
        assert heights[0].min() > heights[1].max() > heights[1].min() > heights[2].max()
        assert max(map(len, heights)) - min(map(len, heights)) <= 1


def test_shares_are_counts(toy: ToyChest) -> None:
    """A zone that is abnormal throughout has the share 1, the others 0."""
    zones = lung_zones(Mask(voxels=toy.right | toy.left, geometry=TOY_GRID))
    sick = Mask(voxels=zones.labels == 3, geometry=TOY_GRID)
    shares = {share.name: share for share in zone_shares(zones, sick)}
    assert shares["right lower"].abnormal_fraction == 1
    assert sum(share.abnormal_fraction for share in shares.values()) == 1


def test_an_absent_lung_has_empty_zones() -> None:
    """Zones of a lung that is not there have no volume and no share."""
    zones = lung_zones(Mask.empty(TOY_GRID))
    assert not zones.labels.any()
    shares = zone_shares(zones, Mask.empty(TOY_GRID))
    assert all(share.volume_ml == share.abnormal_fraction == 0 for share in shares)
