"""Lesions: their outlines, and what they do to density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box
from eupnea.geometry import Geometry
from eupnea.phantom.motion import Motion
from eupnea.phantom.plan import LesionKind, LesionPlan
from eupnea.phantom.shapes import Floats

LOBES = 9
"""Random waves that make up an outline."""
SOFT_EDGE_MM = {LesionKind.GROUND_GLASS: 5.0, LesionKind.RETICULATION: 4.0}
"""Kinds whose edge fades; the others end within a voxel."""
PLEURAL_DEPTH = 0.55
"""How deep a pleural lesion reaches into the lung, as a share of its radius."""
ROOM = 1.75
"""Half the box around a lesion, in radii."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Outline:
    """A solid around a centre, star-shaped so that it is always one piece."""

    plan: LesionPlan
    stretch: NDArray[np.float64]
    """(3) Its axes against those of a sphere of equal volume."""
    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @classmethod
    def draw(cls, plan: LesionPlan, rng: np.random.Generator) -> Outline:
        """An outline of the planned roughness."""
        stretch = rng.uniform(0.82, 1.2, size=3)
        sizes = rng.normal(size=LOBES)
        return cls(
            plan=plan,
            stretch=stretch / np.cbrt(stretch.prod()),
            vectors=rng.normal(size=(LOBES, 3)) * rng.uniform(1.5, 5, size=(LOBES, 1)),
            phases=rng.uniform(0, 2 * np.pi, size=LOBES),
            sizes=plan.roughness * sizes / np.abs(sizes).sum() * 2,
        )

    def signed_distance(self, offset_mm: NDArray[np.float64], radius_mm: float) -> Floats:
        """Negative inside, about 1 per mm, at offsets (..., 3) from the centre."""
        scaled = offset_mm / self.stretch
        far = np.linalg.norm(scaled, axis=-1)
        direction = scaled / np.maximum(far, 1e-6)[..., None]
        swing = np.cos(direction @ self.vectors.T + self.phases) @ self.sizes
        return np.asarray(far - radius_mm * (1 + swing), dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """One focus in one scan: a box of its grid, and what lies in it."""

    number: int
    kind: LesionKind
    radius_mm: float
    box: Box
    depth_mm: Floats
    """How deep inside the lesion each voxel lies; negative outside."""

    @property
    def soft_mm(self) -> float:
        """Width over which the edge fades, beside the scanner's blur."""
        return SOFT_EDGE_MM.get(self.kind, 0.0)


def place_lesion(
    outline: Outline,
    *,
    number: int,
    radius_mm: float,
    motion: Motion,
    grid: Geometry,
) -> Patch | None:
    """A focus as it lies in one scan; `None` if it is outside the grid."""
    centre = np.array(outline.plan.centre_mm)
    here = motion.from_reference(centre)
    spacing = np.array(grid.spacing_mm)
    reach = (ROOM * radius_mm + 6) / spacing
    index = grid.to_index(here)
    low = np.maximum(np.floor(index - reach), 0).astype(int)
    high = np.minimum(np.ceil(index + reach) + 1, grid.shape).astype(int)
    if (low >= high).any():
        return None
    k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    box = (k, j, i)
    offset = motion.to_reference(_points(grid.crop(box))) - centre
    if outline.plan.kind.is_solid:
        offset = offset / np.cbrt(motion.expansion(here))
    depth = -outline.signed_distance(offset, radius_mm)
    return Patch(
        number=number, kind=outline.plan.kind, radius_mm=radius_mm, box=box, depth_mm=depth
    )


def _points(grid: Geometry) -> NDArray[np.float64]:
    return grid.to_mm(np.moveaxis(np.indices(grid.shape, dtype=np.float64), 0, -1))
