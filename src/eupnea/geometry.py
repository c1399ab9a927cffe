"""Where voxels lie in the patient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.errors import Refusal, RefusalCode

Voxel = TypeVar("Voxel", bound=np.generic)

ORTHOGONALITY_TOLERANCE = 1e-3
"""Largest cosine between two axes that still counts as a right angle.

The value is highdicom's perpendicularity tolerance (`highdicom.spatial`).
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Geometry:
    """A regular grid of voxels in the patient's coordinates.

    Array index and millimetre are tied by one affine, in array order: the
    voxel `array[k, j, i]` has its centre at `affine @ (k, j, i, 1)`, in mm, in
    the patient coordinate system of DICOM (LPS: x to the left, y to the back,
    z to the head; PS3.3 C.7.6.2.1.1).

    Examples:
        >>> grid = Geometry.regular(shape=(10, 20, 30), spacing_mm=(5.0, 1.0, 1.0))
        >>> grid.to_mm((1, 0, 0)).tolist()
        [0.0, 0.0, 5.0]
        >>> grid.voxel_volume_ml
        0.005
    """

    shape: tuple[int, int, int]
    """Numbers of slices, rows and columns."""
    affine: NDArray[np.float64]
    """4 x 4, from array index (k, j, i) to mm (x, y, z), LPS."""

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        _refuse_bad_shape(self.shape)
        _refuse_bad_affine(affine)
        affine.setflags(write=False)
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    @classmethod
    def regular(
        cls,
        *,
        shape: tuple[int, int, int],
        spacing_mm: tuple[float, float, float],
        origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> Geometry:
        """A canonical grid: slices to the head, rows to the back, columns to the left.

        Args:
            shape: Numbers of slices, rows and columns.
            spacing_mm: Distances between slices, rows and columns.
            origin_mm: Centre of voxel (0, 0, 0) in LPS.
        """
        affine = np.eye(4)
        affine[:3, :3] = np.diag(spacing_mm)[::-1]
        affine[:3, 3] = origin_mm
        return cls(shape=shape, affine=affine)

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distances between slices, rows and columns."""
        k, j, i = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(k), float(j), float(i)

    @property
    def origin_mm(self) -> tuple[float, float, float]:
        """Centre of voxel (0, 0, 0), LPS."""
        x, y, z = self.affine[:3, 3]
        return float(x), float(y), float(z)

    @property
    def direction(self) -> NDArray[np.float64]:
        """3 x 3; column n is the unit vector, in LPS, along array axis n."""
        return np.asarray(self.affine[:3, :3] / np.array(self.spacing_mm))

    @property
    def voxel_volume_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return math.prod(self.spacing_mm) / 1000.0

    @property
    def is_canonical(self) -> bool:
        """Whether slices run to the head, rows to the back, columns to the left."""
        return _orientation(self) == ((0, 1, 2), (False, False, False))

    def to_mm(self, indices: ArrayLike) -> NDArray[np.float64]:
        """Positions (..., 3) in LPS mm of array indices (..., 3)."""
        index = np.asarray(indices, dtype=np.float64)
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3])

    def to_index(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Fractional array indices (..., 3) of LPS positions (..., 3) in mm."""
        offset = np.asarray(points_mm, dtype=np.float64) - self.affine[:3, 3]
        return np.asarray(offset @ np.linalg.inv(self.affine[:3, :3]).T)

    def is_close(self, other: Geometry, *, tolerance_mm: float = 0.01) -> bool:
        """Whether both grids put every voxel at the same place, within a tolerance."""
        if self.shape != other.shape:
            return False
        return self.distance_mm(other) <= tolerance_mm

    def distance_mm(self, other: Geometry) -> float:
        """How far apart the other grid puts the same voxel: the largest distance of a corner."""
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in self.shape])).reshape(3, -1).T
        gap = np.linalg.norm(self.to_mm(corners) - other.to_mm(corners), axis=1)
        return float(gap.max())

    def crop(self, box: tuple[slice, slice, slice]) -> Geometry:
        """The grid of `array[box]`, for slices of step 1."""
        bounds = [part.indices(n) for part, n in zip(box, self.shape, strict=True)]
        affine = self.affine.copy()
        affine[:3, 3] = self.to_mm([start for start, _, _ in bounds])
        k, j, i = (max(stop - start, 0) for start, stop, _ in bounds)
        return Geometry(shape=(k, j, i), affine=affine)

    def with_spacing(self, spacing_mm: tuple[float, float, float]) -> Geometry:
        """The grid that covers the same space with another spacing."""
        old, new = np.array(self.spacing_mm), np.array(spacing_mm)
        k, j, i = np.maximum(1, np.ceil(np.array(self.shape) * old / new - 1e-6)).astype(int)
        affine = self.affine.copy()
        affine[:3, :3] = self.direction * new
        affine[:3, 3] = self.to_mm((new / old - 1) / 2)
        return Geometry(shape=(int(k), int(j), int(i)), affine=affine)

    def canonical(self) -> Geometry:
        """The same voxels in canonical order; see `Reorientation`."""
        return Reorientation.to_canonical(self).target

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Geometry):
            return NotImplemented
        return self.shape == other.shape and np.array_equal(self.affine, other.affine)

    def __hash__(self) -> int:
        return hash((self.shape, self.affine.tobytes()))


@dataclass(frozen=True, kw_only=True)
class Reorientation:
    """A lossless reordering of array axes: permutation, then flips."""

    source: Geometry
    target: Geometry
    axes: tuple[int, int, int]
    """For each target axis, the source axis that it comes from."""
    flips: tuple[bool, bool, bool]
    """For each target axis, whether it runs against its source axis."""

    @classmethod
    def to_canonical(cls, source: Geometry) -> Reorientation:
        """From any grid to slices to the head, rows to the back, columns to the left."""
        axes, flips = _orientation(source)
        first = np.array(
            [source.shape[axis] - 1 if flip else 0 for axis, flip in zip(axes, flips, strict=True)]
        )
        corner = np.zeros(3)
        corner[list(axes)] = first
        affine = source.affine.copy()
        affine[:3, :3] = source.affine[:3, list(axes)] * np.where(flips, -1.0, 1.0)
        affine[:3, 3] = source.to_mm(corner)
        k, j, i = (source.shape[axis] for axis in axes)
        target = Geometry(shape=(k, j, i), affine=affine)
        return cls(source=source, target=target, axes=axes, flips=flips)

    def apply(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """The array in the target's order; a view where numpy can give one."""
        turned = voxels.transpose(self.axes)
        return turned[_flip_slices(self.flips)]

    def undo(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """The array in the source's order; a view where numpy can give one."""
        return voxels[_flip_slices(self.flips)].transpose(np.argsort(self.axes))


def _flip_slices(flips: tuple[bool, bool, bool]) -> tuple[slice, ...]:
    return tuple(slice(None, None, -1 if flip else 1) for flip in flips)


def _orientation(
    geometry: Geometry,
) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
    """For canonical axes (z, y, x): which array axis, and whether it runs backward."""
    axes = _closest_axes(geometry.direction)
    z, y, x = (bool(geometry.direction[2 - n, axis] < 0) for n, axis in enumerate(axes))
    return axes, (z, y, x)


def _closest_axes(direction: NDArray[np.float64]) -> tuple[int, int, int]:
    """The array axes nearest to z, y and x, each used once."""
    weight = np.abs(direction)[::-1]
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    return max(orders, key=lambda order: sum(weight[n, axis] for n, axis in enumerate(order)))


def _refuse_bad_shape(shape: tuple[int, int, int]) -> None:
    if len(shape) != 3 or any(n < 1 for n in shape):
        raise Refusal(
            RefusalCode.BAD_SHAPE, expected="three positive dimensions", found=str(tuple(shape))
        )


def _refuse_bad_affine(affine: NDArray[np.float64]) -> None:
    if affine.shape != (4, 4) or not np.isfinite(affine).all():
        found = "NaN or infinity" if affine.shape == (4, 4) else f"shape {affine.shape}"
        raise Refusal(RefusalCode.BAD_AFFINE, expected="a finite 4 x 4 matrix", found=found)
    axes = affine[:3, :3]
    lengths = np.linalg.norm(axes, axis=0)
    if lengths.min() <= 0:
        raise Refusal(
            RefusalCode.BAD_AFFINE, expected="positive spacing", found=str(lengths.tolist())
        )
    cosines = (axes / lengths).T @ (axes / lengths) - np.eye(3)
    if np.abs(cosines).max() > ORTHOGONALITY_TOLERANCE:
        raise Refusal(
            RefusalCode.BAD_AFFINE,
            expected=f"right angles (cosine below {ORTHOGONALITY_TOLERANCE})",
            found=f"cosine {np.abs(cosines).max():.4f}",
        )
