"""A three-dimensional image whose voxels know where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry, Reorientation


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """Voxels (slices, rows, columns) and their geometry, never one without the other.

    The array is held read-only: a volume can be shared between steps and
    threads without a copy.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` when array and geometry differ in shape.
    """

    voxels: NDArray[Any]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape:
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"voxels of shape {self.geometry.shape}",
                found=f"shape {self.voxels.shape}",
            )
        voxels = self.voxels.view()
        voxels.setflags(write=False)
        object.__setattr__(self, "voxels", voxels)

    def crop(self, box: tuple[slice, slice, slice]) -> Volume:
        """The part inside a box of array slices; shares memory."""
        return Volume(voxels=self.voxels[box], geometry=self.geometry.crop(box))

    def canonical(self) -> Volume:
        """The same voxels, slices to the head, rows to the back, columns to the left.

        Nothing is interpolated: axes are reordered and flipped.

        Examples:
            >>> import numpy as np
            >>> affine = np.diag([-1.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]]
            >>> grid = Geometry(shape=(2, 2, 2), affine=affine)
            >>> Volume(voxels=np.arange(8).reshape(2, 2, 2), geometry=grid).canonical().geometry
            ... # doctest: +ELLIPSIS
            Geometry(shape=(2, 2, 2), ...)
        """
        turn = Reorientation.to_canonical(self.geometry)
        return Volume(voxels=np.ascontiguousarray(turn.apply(self.voxels)), geometry=turn.target)
