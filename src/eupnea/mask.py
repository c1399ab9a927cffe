"""A set of voxels in the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box, box_of
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """Boolean voxels (slices, rows, columns) with their geometry.

    Set operations need equal grids; nothing is ever resampled silently.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` when array and geometry, or two masks,
            do not lie on one grid.

    Examples:
        >>> grid = Geometry.regular(shape=(2, 2, 2), spacing_mm=(10.0, 10.0, 10.0))
        >>> full = Mask(voxels=np.ones(grid.shape, bool), geometry=grid)
        >>> full.volume_ml
        8.0
        >>> (full - full).is_empty
        True
    """

    voxels: NDArray[np.bool_]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape:
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"a mask of shape {self.geometry.shape}",
                found=f"shape {self.voxels.shape}",
            )
        voxels = self.voxels.astype(bool, copy=False).view()
        voxels.setflags(write=False)
        object.__setattr__(self, "voxels", voxels)

    @classmethod
    def empty(cls, geometry: Geometry) -> Mask:
        """A mask of no voxels."""
        return cls(voxels=np.zeros(geometry.shape, bool), geometry=geometry)

    @property
    def voxel_count(self) -> int:
        """Number of voxels in the mask."""
        return int(np.count_nonzero(self.voxels))

    @property
    def volume_ml(self) -> float:
        """Volume in millilitres: voxels times the voxel's volume."""
        return self.voxel_count * self.geometry.voxel_volume_ml

    @property
    def is_empty(self) -> bool:
        """Whether no voxel is set."""
        return not bool(self.voxels.any())

    def box(self, *, margin_mm: float = 0.0) -> Box:
        """The smallest box of array slices around the mask, widened by a margin.

        An empty mask has the box of its whole grid.
        """
        k, j, i = (int(np.ceil(margin_mm / step)) for step in self.geometry.spacing_mm)
        return box_of(self.voxels, (k, j, i))

    def crop(self, box: Box) -> Mask:
        """The part inside a box of array slices; shares memory."""
        return Mask(voxels=self.voxels[box], geometry=self.geometry.crop(box))

    def __and__(self, other: Mask) -> Mask:
        return Mask(voxels=self.voxels & self._on_grid(other), geometry=self.geometry)

    def __or__(self, other: Mask) -> Mask:
        return Mask(voxels=self.voxels | self._on_grid(other), geometry=self.geometry)

    def __sub__(self, other: Mask) -> Mask:
        return Mask(voxels=self.voxels & ~self._on_grid(other), geometry=self.geometry)

    def _on_grid(self, other: Mask) -> NDArray[np.bool_]:
        if not self.geometry.is_close(other.geometry):
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"a mask on the grid {self.geometry.shape} {self.geometry.spacing_mm}",
                found=f"{other.geometry.shape} {other.geometry.spacing_mm}",
            )
        return other.voxels
