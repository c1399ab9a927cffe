"""Two scans of the same lungs, brought together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import AlignmentLevel, Registration
from eupnea.compare.affine import COARSE_MM, fit_affine
from eupnea.compare.alignment import Alignment
from eupnea.compare.coverage import is_cut
from eupnea.compare.deform import DeformSettings, deform
from eupnea.compare.displacement import Displacement
from eupnea.compare.grid import voxel_indices
from eupnea.compare.guess import guess_affine
from eupnea.compare.mapping import Mapping
from eupnea.compare.quality import deformed_roi, dice, similarity
from eupnea.compare.unfold import folded, unfold
from eupnea.compare.working import SPACING_MM, WorkingImage, WorkingPair
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

Matrix = NDArray[np.float64]
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class AlignSettings:
    """How to align, and what a trustworthy alignment must reach."""

    spacing_mm: float = SPACING_MM
    """The working resolution."""
    deform: DeformSettings = field(default_factory=DeformSettings)
    least_dice: float = 0.9
    """Overlap of the organs after a deformation; less, and it failed."""
    least_affine_dice: float = 0.6
    """Overlap after an affine alignment; less, and there is none."""
    most_inconsistent_mm: float = 5.0
    """Mean distance between the two directions' answers; more, and the deformation failed."""
    doubtful_mm: float = 2.0
    """The same; more, and the tissue must be alike beyond doubt."""
    least_similarity: float = 0.45
    """What tissue must reach then. Lungs of two people stay below 0.4 (docs/comparison.md)."""
    least_affine_similarity: float = 0.1
    """Without a deformation; less, and nothing says that the lungs are one person's."""


def align(
    fixed: Volume,
    moving: Volume,
    *,
    fixed_roi: Mask,
    moving_roi: Mask,
    settings: AlignSettings | None = None,
) -> Alignment:
    """Find where each point of the fixed scan lies in the moving one, and back.

    First an affine map brings the organs together; then local correlation
    deforms each scan onto the other, independently, and the mean of both
    answers is kept: it is more accurate than either, and their distance
    measures how far to trust it. Only the organ counts: everything around it is
    one constant, so that it may slide along the chest wall.

    Args:
        fixed: Hounsfield units, canonical.
        moving: Hounsfield units, canonical; grid and position may differ.
        fixed_roi: The organ in the fixed scan.
        moving_roi: The organ in the moving scan.
        settings: How to align, and what the result must reach.

    Returns:
        The alignment; `registration.level` says how far it succeeded.
    """
    chosen = settings or AlignSettings()
    images = _in_parallel(
        lambda: WorkingImage.of(fixed, fixed_roi, chosen.spacing_mm),
        lambda: WorkingImage.of(moving, moving_roi, chosen.spacing_mm),
    )
    matrices = [fit_affine(*images, guess) for guess in guess_affine(fixed_roi, moving_roi)]
    image_grids = fixed.geometry, moving.geometry
    matrix = matrices[0] if len(matrices) == 1 else _most_alike(matrices, images, image_grids)
    pair = WorkingPair.of(*images, matrix, spacing_mm=chosen.spacing_mm)
    if any(is_cut(fixed_roi) + is_cut(moving_roi)):
        pair = pair.within(*image_grids, matrix)
    if pair.fixed_roi.any() and pair.moving_roi.any():
        field = _Deformation.of(pair, chosen.deform)
        if field.is_good(pair, chosen):
            return field.alignment(fixed, moving, moving_roi, matrix, pair)
    return _affine_alignment(fixed, moving, matrix, pair, chosen)


def _most_alike(
    matrices: list[Matrix],
    images: tuple[WorkingImage, WorkingImage],
    grids: tuple[Geometry, Geometry],
) -> Matrix:
    """Of several maps of cut organs, the one under which their common tissue agrees best."""

    def likeness(matrix: Matrix) -> float:
        pair = WorkingPair.of(*images, matrix, spacing_mm=COARSE_MM)
        return similarity(pair.within(*grids, matrix), None)

    return max(matrices, key=likeness)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Deformation:
    """The mean of both directions' answers, in the fixed scan's space."""

    mean: Displacement
    distance_mm: NDArray[np.float32]
    """Between the two answers, at each voxel of the organ."""

    @classmethod
    def of(cls, pair: WorkingPair, settings: DeformSettings) -> _Deformation:
        forth, back = _in_parallel(
            lambda: deform(pair.fixed, pair.moving, pair.fixed_roi, settings),
            lambda: deform(pair.moving, pair.fixed, pair.moving_roi, settings),
        )
        forward, backward = (_to_mm(field_, pair) for field_ in (forth, back))
        points = pair.grid.to_mm(voxel_indices(pair.grid.shape))
        undone = (backward.undo(points) - points).reshape(forward.vectors.shape)
        mean = Displacement(vectors=(forward.vectors + undone) / 2, geometry=pair.grid)
        gap = np.linalg.norm(forward.vectors - undone, axis=-1)[pair.fixed_roi]
        return cls(mean=unfold(mean), distance_mm=gap.astype(np.float32))

    @property
    def in_voxels(self) -> NDArray[np.float32]:
        grid = self.mean.geometry
        voxels = self.mean.vectors @ grid.direction / np.array(grid.spacing_mm)
        return np.asarray(np.moveaxis(voxels, -1, 0), dtype=np.float32)

    def is_good(self, pair: WorkingPair, settings: AlignSettings) -> bool:
        overlap = dice(pair.fixed_roi, deformed_roi(pair, self.in_voxels))
        gap = float(self.distance_mm.mean())
        if overlap < settings.least_dice or gap > settings.most_inconsistent_mm:
            return False
        alike = similarity(pair, self.in_voxels) >= settings.least_similarity
        return alike or gap <= settings.doubtful_mm

    def alignment(
        self, fixed: Volume, moving: Volume, moving_roi: Mask, matrix: Matrix, pair: WorkingPair
    ) -> Alignment:
        linear = matrix[:3, :3]
        residual = Displacement(vectors=self.mean.vectors @ linear.T, geometry=pair.grid)
        forward = Mapping(affine=matrix, residual=residual)
        target = WorkingImage.grid_around(moving_roi, pair.grid.spacing_mm[0])
        inside = pair.fixed_roi
        size = np.linalg.norm(self.mean.vectors, axis=-1)[inside]
        return Alignment(
            fixed=fixed.geometry,
            moving=moving.geometry,
            forward=forward,
            backward=forward.inverse(target),
            registration=Registration(
                level=AlignmentLevel.DEFORMABLE,
                roi_dice=dice(inside, deformed_roi(pair, self.in_voxels)),
                inverse_consistency_mm=float(self.distance_mm.mean()),
                inverse_consistency_p95_mm=float(np.percentile(self.distance_mm, 95)),
                folded_fraction=float(folded(self.mean)[inside].mean()),
                similarity=similarity(pair, self.in_voxels),
                mean_displacement_mm=float(size.mean()),
            ),
        )


def _affine_alignment(
    fixed: Volume, moving: Volume, matrix: Matrix, pair: WorkingPair, settings: AlignSettings
) -> Alignment:
    overlap, alike = dice(pair.fixed_roi, pair.moving_roi), similarity(pair, None)
    enough = overlap >= settings.least_affine_dice and alike >= settings.least_affine_similarity
    return Alignment.affine(
        fixed.geometry,
        moving.geometry,
        matrix=matrix,
        registration=Registration(
            level=AlignmentLevel.AFFINE if enough else AlignmentLevel.NONE,
            roi_dice=overlap,
            similarity=alike,
        ),
    )


def _to_mm(field_: NDArray[np.float32], pair: WorkingPair) -> Displacement:
    """Displacements in voxels along array axes, as vectors in the patient's space."""
    steps = pair.grid.affine[:3, :3].T.astype(np.float32)
    return Displacement(vectors=np.moveaxis(field_, 0, -1) @ steps, geometry=pair.grid)


def _in_parallel(
    first: Callable[[], Result], second: Callable[[], Result]
) -> tuple[Result, Result]:
    """Two independent serial computations; the result is the same on one core."""
    with ThreadPoolExecutor(max_workers=1) as other:
        pending = other.submit(second)
        return first(), pending.result()
