"""Where a lesion is laid, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import edt
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Site:
    """A box of a scan around the place of a lesion; arrays (slices, rows, columns)."""

    hu: Field
    """Hounsfield units before the disease."""
    lung: NDArray[np.bool_]
    """The healthy region of interest."""
    grain: Field
    """Noise of this scan, in HU: what a homogeneous tissue would show here."""
    spacing_mm: tuple[float, float, float]
    centre: tuple[int, int, int]
    """Index of the lesion's centre; always in the lung."""
    radius_mm: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of slices, rows and columns of the box."""
        k, j, i = self.hu.shape
        return k, j, i

    @cached_property
    def offsets_mm(self) -> tuple[Field, Field, Field]:
        """Distances from the centre along z, y and x, as three broadcastable arrays."""
        z, y, x = (
            (np.arange(n, dtype=np.float32) - c) * step
            for n, c, step in zip(self.shape, self.centre, self.spacing_mm, strict=True)
        )
        return z[:, None, None], y[None, :, None], x[None, None, :]

    @cached_property
    def depth_mm(self) -> Field:
        """Distance of each lung voxel from the border of the lung; 0 outside."""
        depth: Field = edt.edt(self.lung, anisotropy=self.spacing_mm)
        return depth

    @cached_property
    def air(self) -> Field:
        """Share of air in each voxel: 1 at -1000 HU, 0 at soft tissue."""
        return np.asarray(np.clip(-self.hu / 1000.0, 0.0, 1.0), dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesion:
    """A site after the disease; arrays on the site's box."""

    hu: Field
    abnormal: NDArray[np.bool_]
    """Voxels of the lesion; `lay_disease` keeps those inside the lung."""
