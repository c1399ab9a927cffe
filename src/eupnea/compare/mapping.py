"""From each point of one scan to its place in another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.compare.carry import carry_voxels
from eupnea.compare.displacement import Displacement
from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.volume import Volume

STILL = Displacement(
    vectors=np.zeros((1, 1, 1, 3), np.float32),
    geometry=Geometry(shape=(1, 1, 1), affine=np.eye(4)),
)
"""No displacement anywhere."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mapping:
    """An affine map, and what a point's own neighbourhood adds to it.

    A point `p` goes to `affine(p) + residual(p)`.

    Examples:
        >>> shift = np.eye(4)
        >>> shift[:3, 3] = (10.0, 0.0, 0.0)
        >>> Mapping(affine=shift).apply([[1.0, 2.0, 3.0]]).tolist()
        [[11.0, 2.0, 3.0]]
    """

    affine: NDArray[np.float64]
    """4 x 4, mm to mm, LPS."""
    residual: Displacement | None = field(default=None, repr=False)
    """On the source's grid; `None` when the affine map is all."""

    def apply(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Where points (..., 3) in mm, LPS, go to."""
        points = np.asarray(points_mm, dtype=np.float64)
        moved = np.asarray(points @ self.affine[:3, :3].T + self.affine[:3, 3])
        return moved if self.residual is None else moved + self.residual.at(points)

    def inverse(self, target: Geometry) -> Mapping:
        """The way back, its residual sampled on a grid of the target."""
        back = np.asarray(np.linalg.inv(self.affine), dtype=np.float64)
        if self.residual is None:
            return Mapping(affine=back)
        goal = target.to_mm(voxel_indices(target.shape))
        straight = goal @ back[:3, :3].T + back[:3, 3]
        before_affine = Displacement(
            vectors=self.residual.vectors @ back[:3, :3].T, geometry=self.residual.geometry
        )
        vectors = (before_affine.undo(straight) - straight).reshape(*target.shape, 3)
        return Mapping(affine=back, residual=Displacement(vectors=vectors, geometry=target))

    def jacobian(self, grid: Geometry) -> Volume:
        """Local volume ratio, target over source; on the residual's grid, else on `grid`."""
        linear = np.ascontiguousarray(self.affine[:3, :3])
        if self.residual is None:
            ratio = np.float32(np.linalg.det(linear))
            return Volume(voxels=np.full(grid.shape, ratio), geometry=grid)
        return Volume(voxels=self.residual.jacobian(linear), geometry=self.residual.geometry)

    def carry(self, flat: NDArray[np.intp], source: Geometry, target: Geometry) -> NDArray[np.intp]:
        """For flat voxels of a grid (C order), the nearest flat voxels of the target grid.

        Returns:
            Shape of `flat`; `OUTSIDE` for voxels that leave the target grid.
        """
        residual = self.residual or STILL
        affines = (source.affine, self.affine, np.linalg.inv(target.affine))
        source_to_mm, mapping, to_target = (np.ascontiguousarray(part[:3]) for part in affines)
        return carry_voxels(
            np.ascontiguousarray(flat, dtype=np.intp),
            source.shape,
            (source_to_mm, mapping, to_target),
            residual.vectors,
            residual.to_index,
            target.shape,
        )
