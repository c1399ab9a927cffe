"""How the points of two scans correspond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.analysis import Registration
from eupnea.box import Box
from eupnea.compare.carry import OUTSIDE
from eupnea.compare.grid import voxel_indices
from eupnea.compare.mapping import Mapping
from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume


@dataclass(frozen=True, kw_only=True, eq=False)
class Alignment:
    """A map from each point of the fixed scan to its place in the moving one, and back."""

    fixed: Geometry
    moving: Geometry
    forward: Mapping
    """Fixed to moving."""
    backward: Mapping
    """Moving to fixed; undoes `forward`."""
    registration: Registration

    @classmethod
    def affine(
        cls,
        fixed: Geometry,
        moving: Geometry,
        *,
        matrix: NDArray[np.float64],
        registration: Registration,
    ) -> Alignment:
        """An alignment by one 4 x 4 matrix, mm to mm, LPS, fixed to moving."""
        return cls(
            fixed=fixed,
            moving=moving,
            forward=Mapping(affine=matrix),
            backward=Mapping(affine=matrix).inverse(moving),
            registration=registration,
        )

    @property
    def inverse(self) -> Alignment:
        """The same correspondence with the roles exchanged."""
        return Alignment(
            fixed=self.moving,
            moving=self.fixed,
            forward=self.backward,
            backward=self.forward,
            registration=self.registration,
        )

    def to_moving(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Where points (..., 3) of the fixed scan lie in the moving one; mm, LPS."""
        return self.forward.apply(points_mm)

    def to_fixed(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Where points (..., 3) of the moving scan lie in the fixed one; mm, LPS."""
        return self.backward.apply(points_mm)

    @property
    def jacobian(self) -> Volume:
        """Local volume ratio, moving over fixed, in the fixed scan's space."""
        return self.forward.jacobian(self.fixed)

    def carry(self, flat: NDArray[np.intp]) -> NDArray[np.intp]:
        """For flat voxels of the fixed grid (C order), the nearest ones of the moving grid.

        Returns:
            Shape of `flat`; `OUTSIDE` for voxels that leave the moving grid.
        """
        return self.forward.carry(flat, self.fixed, self.moving)

    def warp_mask(self, mask: Mask) -> Mask:
        """A mask of the moving scan on the fixed grid (nearest voxel).

        For pictures and overlap; volumes are measured where they were found,
        never in a warped mask. `alignment.inverse.warp_mask` goes the other way.

        Raises:
            Refusal: `GEOMETRY_MISMATCH` when the mask is not of the moving scan.
        """
        if not mask.geometry.is_close(self.moving):
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"a mask on the moving grid {self.moving.shape}",
                found=f"{mask.geometry.shape} {mask.geometry.spacing_mm}",
            )
        warped = np.zeros(self.fixed.shape, bool)
        if not mask.is_empty:
            box = self._reach(mask)
            warped[box] = self._pull(mask, box)
        return Mask(voxels=warped, geometry=self.fixed)

    def _reach(self, mask: Mask) -> Box:
        """The box of fixed voxels that can meet a mask of the moving scan."""
        points = self.moving.to_mm(np.argwhere(mask.voxels))
        index = self.fixed.to_index(self.to_fixed(points))
        low = np.clip(np.floor(index.min(axis=0)) - 2, 0, self.fixed.shape).astype(int)
        high = np.clip(np.ceil(index.max(axis=0)) + 3, low, self.fixed.shape).astype(int)
        k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        return k, j, i

    def _pull(self, mask: Mask, box: Box) -> NDArray[np.bool_]:
        start = [part.start for part in box]
        shape = tuple(part.stop - part.start for part in box)
        indices = voxel_indices(shape, start)
        flat = self.carry(np.ravel_multi_index(tuple(indices.T), self.fixed.shape))
        return np.asarray((mask.voxels.reshape(-1)[flat] & (flat != OUTSIDE)).reshape(shape))
