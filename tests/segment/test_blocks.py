"""Blocks: down to a coarser grid, and back to the very same places."""

from __future__ import annotations

import numpy as np

from eupnea.geometry import Geometry
from eupnea.segment.blocks import Blocks, at_nearest
from eupnea.segment.coarse import SLAB, Coarse
from eupnea.volume import Volume

FINE = Geometry.regular(shape=(7, 9, 10), spacing_mm=(1.0, 0.7, 0.7), origin_mm=(5.0, -3.0, 8.0))


def test_block_means_are_means_of_their_blocks() -> None:
    """A coarse voxel holds the mean of its voxels, the edge repeated where a block is cut."""
    grid = Geometry.regular(shape=(2 * 2 * SLAB + 3, 8, 10), spacing_mm=(1.0, 0.7, 0.7))
    hu = np.random.default_rng(0).integers(-1000, 300, grid.shape).astype(np.int16)
    coarse = Coarse.of(Volume(voxels=hu, geometry=grid), spacing_mm=2.0)
    assert coarse.blocks.factors == (2, 3, 3)
    whole = np.pad(hu.astype(float), [(0, 1), (0, 1), (0, 2)], mode="edge")
    k, j, i = coarse.geometry.shape
    means = whole.reshape(k, 2, j, 3, i, 3).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(coarse.hu, means, atol=0.501)


def test_blocks_lie_where_their_voxels_lie() -> None:
    """The centre of a whole block is the mean position of its voxels."""
    blocks = Blocks.of(FINE, spacing_mm=2.0)
    voxels = np.argwhere(np.ones((2, 3, 3))) + np.array([2, 3, 6])
    np.testing.assert_allclose(
        blocks.geometry.to_mm((1, 1, 2)), FINE.to_mm(voxels).mean(axis=0), atol=1e-9
    )


def test_a_mask_of_blocks_covers_what_it_holds() -> None:
    """Going down and back never loses a voxel of a mask."""
    mask = np.random.default_rng(1).random(FINE.shape) > 0.97
    blocks = Blocks.of(FINE, spacing_mm=2.0)
    back = blocks.to_source(blocks.holding(mask))
    assert back.shape == FINE.shape
    assert not (mask & ~back).any()


def test_a_block_holds_what_any_of_its_voxels_holds() -> None:
    """Down, block by block, the last ones cut; and the result can be cropped at any block."""
    mask = np.random.default_rng(3).random(FINE.shape) > 0.9
    blocks = Blocks.of(FINE, spacing_mm=2.0)
    held = blocks.holding(mask)
    for k, j, i in np.ndindex(held.shape):
        block = mask[2 * k : 2 * k + 2, 3 * j : 3 * j + 3, 3 * i : 3 * i + 3]
        assert held[k, j, i] == block.any()
    box = (slice(1, 4), slice(0, 2), slice(2, 4))
    np.testing.assert_array_equal(
        blocks.crop(box).to_source(held[box]), blocks.to_source(held)[blocks.fine_box(box)]
    )


def test_nearest_is_the_nearest() -> None:
    """Each voxel takes the value of the voxel whose centre is nearest in space."""
    other = FINE.with_spacing((1.9, 1.3, 1.6))
    values = np.random.default_rng(2).random(FINE.shape)
    found = at_nearest(values, FINE, other)
    index = np.rint(FINE.to_index(other.to_mm((2, 3, 1)))).astype(int)
    assert found.shape == other.shape
    assert found[2, 3, 1] == values[tuple(np.minimum(index, np.array(FINE.shape) - 1))]
