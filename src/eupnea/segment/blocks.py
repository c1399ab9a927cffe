"""A grid of blocks of voxels: the way to a coarser grid, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box
from eupnea.geometry import Geometry, Voxel


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Blocks of `factors` voxels of a canonical grid; the last ones may be cut.

    Examples:
        >>> fine = Geometry.regular(shape=(4, 6, 5), spacing_mm=(3.0, 1.0, 1.0))
        >>> blocks = Blocks.of(fine, spacing_mm=2.0)
        >>> blocks.factors, blocks.geometry.shape
        ((1, 2, 2), (4, 3, 3))
        >>> blocks.to_source(np.zeros((4, 3, 3))).shape
        (4, 6, 5)
    """

    source: Geometry
    factors: tuple[int, int, int]

    @classmethod
    def of(cls, source: Geometry, *, spacing_mm: float) -> Blocks:
        """The blocks whose sides come nearest to a spacing."""
        k, j, i = (max(1, round(spacing_mm / step)) for step in source.spacing_mm)
        return cls(source=source, factors=(k, j, i))

    @property
    def geometry(self) -> Geometry:
        """The grid of the blocks' centres."""
        factors = np.array(self.factors)
        affine = self.source.affine.copy()
        affine[:3, :3] *= factors
        affine[:3, 3] = self.source.to_mm((factors - 1) / 2)
        k, j, i = (int(n) for n in -(-np.array(self.source.shape) // factors))
        return Geometry(shape=(k, j, i), affine=affine)

    def fine_box(self, box: Box) -> Box:
        """The voxels of the source in a box of blocks."""
        k, j, i = (
            slice(part.start * factor, min(part.stop * factor, size))
            for part, factor, size in zip(box, self.factors, self.source.shape, strict=True)
        )
        return k, j, i

    def crop(self, box: Box) -> Blocks:
        """The blocks of a box, as blocks of the voxels in it."""
        return Blocks(source=self.source.crop(self.fine_box(box)), factors=self.factors)

    def to_source(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """An array on the blocks, each value repeated over its block."""
        for axis in (2, 1, 0):
            voxels = np.repeat(voxels, self.factors[axis], axis=axis)
        k, j, i = self.source.shape
        return voxels[:k, :j, :i]

    def middles(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """The voxel in the middle of each block; the last one of a block that is cut.

        Examples:
            >>> fine = Geometry.regular(shape=(1, 1, 5), spacing_mm=(1.0, 1.0, 1.0))
            >>> blocks = Blocks(source=fine, factors=(1, 1, 2))
            >>> blocks.middles(np.array([[[1, 2, 3, 4, 5]]])).tolist()
            [[[2, 4, 5]]]
        """
        index = [
            np.minimum(np.arange(0, size, factor) + factor // 2, size - 1)
            for size, factor in zip(voxels.shape, self.factors, strict=True)
        ]
        return voxels[np.ix_(*index)]

    def holding(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The blocks that hold any voxel of a mask."""
        return self.highest(mask)

    def highest(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """The highest value in each block."""
        for axis, factor in enumerate(self.factors):
            along = np.moveaxis(voxels, axis, 0)
            high = along[::factor].copy()
            for offset in range(1, factor):
                rest = along[offset::factor]
                np.maximum(high[: len(rest)], rest, out=high[: len(rest)])
            voxels = np.moveaxis(high, 0, axis)
        return np.ascontiguousarray(voxels)


def at_nearest(voxels: NDArray[Voxel], geometry: Geometry, onto: Geometry) -> NDArray[Voxel]:
    """An array of one canonical grid on another, by the nearest voxel."""
    first, second = geometry.to_index(onto.to_mm(np.array([(0, 0, 0), (1, 1, 1)])))
    index = [
        np.clip(np.rint(start + (step - start) * np.arange(size)), 0, limit - 1).astype(np.intp)
        for start, step, size, limit in zip(first, second, onto.shape, voxels.shape, strict=True)
    ]
    return voxels[np.ix_(*index)]
