"""A coarse copy of a scan, on which the anatomy is found in a second or two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.scan import Scan

WORKING_SPACING_MM = 2.0
"""Voxels of the coarse grid are at least this wide, unless the source's are wider."""

AIR_FLOOR_HU = -1024
"""Padding below this value is read as air."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Coarse:
    """Block means of a scan, and the way back to its own grid.

    Coarse voxel `(k, j, i)` is the mean of `factors[0] x factors[1] x factors[2]`
    voxels of the scan; the last block repeats the edge where the scan ends.
    """

    hu: NDArray[np.int16]
    """Block means (slices, rows, columns), canonical."""
    factors: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    full_shape: tuple[int, int, int]

    @classmethod
    def of(cls, scan: Scan, *, working_mm: float = WORKING_SPACING_MM) -> Coarse:
        """The block means of a scan at about the working spacing."""
        spacing = scan.geometry.spacing_mm
        k, j, i = (max(1, round(working_mm / step)) for step in spacing)
        return cls(
            hu=_block_means(scan.hu, (k, j, i)),
            factors=(k, j, i),
            spacing_mm=(spacing[0] * k, spacing[1] * j, spacing[2] * i),
            full_shape=scan.geometry.shape,
        )

    @property
    def voxel_ml(self) -> float:
        """Volume of one coarse voxel in millilitres."""
        k, j, i = self.spacing_mm
        return k * j * i / 1000.0

    def to_full(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A coarse mask on the scan's own grid, each voxel repeated over its block."""
        for axis, factor in enumerate(self.factors):
            mask = np.repeat(mask, factor, axis=axis)
        k, j, i = self.full_shape
        return mask[:k, :j, :i]


def _block_means(hu: NDArray[np.int16], factors: tuple[int, int, int]) -> NDArray[np.int16]:
    clipped = np.maximum(hu, AIR_FLOOR_HU)
    spare = [(0, -size % factor) for size, factor in zip(hu.shape, factors, strict=True)]
    padded = np.pad(clipped, spare, mode="edge")
    image = sitk.GetImageFromArray(padded)
    shrunk = sitk.BinShrink(image, [int(factor) for factor in reversed(factors)])
    return np.asarray(sitk.GetArrayFromImage(shrunk), np.int16)
