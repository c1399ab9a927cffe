"""A toy chest of simple bodies, to be spoiled by a test."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.volume import Volume

TOY_GRID = Geometry.regular(
    shape=(60, 70, 100), spacing_mm=(4.0, 3.0, 3.0), origin_mm=(-150.0, -105.0, -120.0)
)
TOY_TIME = datetime(2020, 1, 1, tzinfo=UTC)


class ToyChest:
    """Two ellipsoid lungs, a trachea, bowel gas and a table; drawn in mm, LPS."""

    def __init__(self) -> None:
        grid = TOY_GRID
        indices = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
        x, y, z = np.moveaxis(grid.to_mm(indices), -1, 0)
        self.x, self.y, self.z = x, y, z
        self.right = self.ball((-65, 0, 0), (48, 65, 95))
        self.left = self.ball((65, 0, 0), (44, 65, 95))
        self.trachea = (np.hypot(x, y) < 9) & (z > 10)
        self.gas = self.ball((40, -20, -108), (24, 24, 9))
        self.hu = np.full(grid.shape, -1000.0)
        self.hu[(x / 135) ** 2 + (y / 88) ** 2 < 1] = 40
        self.hu[(y > 96) & (y < 101)] = 100
        self.hu[self.right | self.left] = -860
        self.hu[self.trachea | self.gas] = -1000

    def ball(
        self, centre: tuple[float, float, float], radii: tuple[float, float, float]
    ) -> NDArray[np.bool_]:
        """An ellipsoid, by centre and half axes along x, y and z."""
        parts = zip((self.x, self.y, self.z), centre, radii, strict=True)
        inside = sum(((axis - middle) / radius) ** 2 for axis, middle, radius in parts) < 1
        return np.asarray(inside)

    def scan(self) -> Scan:
        """The chest as it stands, with the noise of a scanner."""
        noise = np.random.default_rng(0).normal(0, 15, TOY_GRID.shape)
        return scan_of(np.rint(self.hu + noise).astype(np.int16))


def scan_of(hu: NDArray[np.int16], grid: Geometry = TOY_GRID) -> Scan:
    """A scan from its voxels."""
    return Scan(volume=Volume(voxels=hu, geometry=grid), native=grid, acquired_at=TOY_TIME)
