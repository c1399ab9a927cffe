"""How a patient moves between two scans: breath in the lungs, another place on the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.displacement import Displacement
from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask

Points = NDArray[np.float64]

FIELD_SPACING_MM = 4.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion:
    """From each point of the second scan to its place in the first; mm, LPS."""

    rigid: NDArray[np.float64]
    """4 x 4: the patient's place on the table."""
    inside: Displacement
    """What lung tissue does beside it, in the first scan's space."""

    @classmethod
    def draw(
        cls,
        roi: Mask,
        rng: np.random.Generator,
        *,
        largest_mm: float,
        shift_mm: tuple[float, float, float] = (8.0, -12.0, 20.0),
        turn_degrees: float = 3.0,
    ) -> Motion:
        """A motion whose largest displacement within the lungs, `rigid` apart, is given."""
        return cls(rigid=_rigid(roi, shift_mm, turn_degrees), inside=_breath(roi, largest_mm, rng))

    def still(self, points_mm: Points) -> Points:
        """Where points (n, 3) of the second scan would lie if the lungs had not moved."""
        return np.asarray(points_mm @ self.rigid[:3, :3].T + self.rigid[:3, 3])

    def to_first(self, points_mm: Points) -> Points:
        """Where tissue at points (n, 3) of the second scan lies in the first."""
        return self.inside.apply(self.still(points_mm))

    def shrinkage(self, still_mm: Points) -> NDArray[np.float64]:
        """Volume in the first scan per volume in the second, (n), at `still` points."""
        index = self.inside.geometry.to_index(still_mm).T
        ratio = ndimage.map_coordinates(self.inside.jacobian(), index, order=1, mode="nearest")
        return np.asarray(ratio, dtype=np.float64)

    def second_grid(self, first: Geometry, rng: np.random.Generator) -> Geometry:
        """A grid of a slightly other spacing around the same body in the second scan."""
        spacing = np.array(first.spacing_mm) * rng.uniform(0.9, 1.1, 3)
        grid = first.with_spacing((spacing[0], spacing[1], spacing[2]))
        centre = first.to_mm(np.array(first.shape) / 2)
        moved = np.linalg.inv(self.rigid) @ np.append(centre, 1)
        affine = grid.affine.copy()
        affine[:3, 3] += moved[:3] - centre
        return Geometry(shape=grid.shape, affine=affine)


def _rigid(
    roi: Mask, shift_mm: tuple[float, float, float], turn_degrees: float
) -> NDArray[np.float64]:
    angle = np.deg2rad(turn_degrees)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]]
    )
    centre = roi.geometry.to_mm(np.array(roi.voxels.shape) / 2)
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = centre - turn @ centre + np.array(shift_mm)
    return matrix


def _breath(roi: Mask, largest_mm: float, rng: np.random.Generator) -> Displacement:
    """Breathing (most at the base, none at the apex) and smooth local movement."""
    grid = roi.geometry.with_spacing((FIELD_SPACING_MM,) * 3)
    inside = _coarse(roi, grid)
    height = np.linspace(1, 0, grid.shape[0])[:, None, None] ** 1.5
    vectors = np.zeros((*grid.shape, 3))
    vectors[..., 2] += height * rng.choice([-1.0, 1.0]) * rng.uniform(0.6, 1.0)
    vectors[..., 1] += height * rng.uniform(-0.3, 0.3)
    for sigma_mm, amplitude in ((45.0, 0.45), (22.0, 0.22)):
        noise = rng.standard_normal((3, *grid.shape)).astype(np.float32)
        for axis in range(3):
            smooth = ndimage.gaussian_filter(noise[axis], sigma_mm / FIELD_SPACING_MM)
            vectors[..., axis] += amplitude * smooth / np.abs(smooth[inside]).max()
    largest = np.linalg.norm(vectors[inside], axis=-1).max()
    scaled = vectors * (largest_mm / largest)
    return Displacement(vectors=scaled.astype(np.float32), geometry=grid)


def _coarse(roi: Mask, grid: Geometry) -> NDArray[np.bool_]:
    """The organ on another grid, nearest voxel."""
    index = np.round(roi.geometry.to_index(grid.to_mm(voxel_indices(grid.shape)))).astype(int)
    k, j, i = np.clip(index, 0, np.array(roi.voxels.shape) - 1).T
    return np.asarray(roi.voxels[k, j, i].reshape(grid.shape))
