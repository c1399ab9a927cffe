"""A coarse copy of a scan, on which anatomy and shapes are judged in a second or two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.segment.blocks import Blocks
from eupnea.volume import Volume

ANATOMY_MM = 2.0
"""Spacing at which organs are found, unless the source's is wider."""

AIR_FLOOR_HU = -1100
"""Padding below this value is read as air, even of a scanner that is badly calibrated."""

SLAB = 8
"""Blocks along the body that are averaged at a time; more only ask for more memory."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Coarse:
    """The block means of a canonical volume in Hounsfield units.

    Where the last block is cut, it repeats the edge of the volume.
    """

    hu: NDArray[np.int16]
    """Block means (slices, rows, columns)."""
    blocks: Blocks
    geometry: Geometry

    @classmethod
    def of(cls, volume: Volume, *, spacing_mm: float = ANATOMY_MM) -> Coarse:
        """The block means of a volume, at about a spacing."""
        blocks = Blocks.of(volume.geometry, spacing_mm=spacing_mm)
        hu = _block_means(volume.voxels, blocks.factors)
        return cls(hu=hu, blocks=blocks, geometry=blocks.geometry)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distances between block centres along slices, rows and columns."""
        return self.geometry.spacing_mm


def _block_means(hu: NDArray[np.int16], factors: tuple[int, int, int]) -> NDArray[np.int16]:
    step = SLAB * factors[0]
    slabs = [hu[first : first + step] for first in range(0, len(hu), step)]
    return np.concatenate([_means_of_slab(slab, factors) for slab in slabs])


def _means_of_slab(hu: NDArray[np.int16], factors: tuple[int, int, int]) -> NDArray[np.int16]:
    clipped = np.maximum(hu, AIR_FLOOR_HU)
    spare = [(0, -size % factor) for size, factor in zip(hu.shape, factors, strict=True)]
    image = sitk.GetImageFromArray(np.pad(clipped, spare, mode="edge"))
    shrunk = sitk.BinShrink(image, [int(factor) for factor in reversed(factors)])
    return np.asarray(sitk.GetArrayFromImage(shrunk), np.int16)
