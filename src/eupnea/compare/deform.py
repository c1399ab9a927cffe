"""The deformation that fits one image to another, from coarse to fine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.compare.correlation import LocalCorrelation
from eupnea.compare.descent import Descent
from eupnea.compare.warp import gather, spread, warp

Image = NDArray[np.float32]
Bits = NDArray[np.bool_]

BORDER_VOXELS = 2
"""The mask is widened by this much, so that the organ's surface pulls too."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One resolution of the search."""

    shrink: int
    """Halvings of the working resolution: 4 means every 4th voxel."""
    steps: int
    radius: int
    """Of the correlation's window, in voxels of this level."""


@dataclass(frozen=True, kw_only=True)
class DeformSettings:
    """How hard to look; chosen by bench/alignment."""

    levels: tuple[Level, ...] = (
        Level(shrink=4, steps=60, radius=2),
        Level(shrink=2, steps=60, radius=2),
        Level(shrink=1, steps=25, radius=1),
    )
    rate: float = 0.3
    """Longest step of a control point, in voxels of the level."""
    stiffness: float = 1.0
    """Weight of the diffusion penalty against the correlation."""


def deform(fixed: Image, moving: Image, mask: Bits, settings: DeformSettings) -> Image:
    """Find where each voxel of the fixed image lies in the moving one.

    Args:
        fixed: (slices, rows, columns).
        moving: On the same grid, roughly aligned.
        mask: The organ in the fixed image.
        settings: How hard to look.

    Returns:
        (3, slices, rows, columns): displacement in voxels along each axis.
    """
    coarsest = max(level.shrink for level in settings.levels)
    images = _pyramid(fixed, coarsest), _pyramid(moving, coarsest)
    masks = _pyramid(mask.astype(np.float32), coarsest)
    field = np.zeros((3, *images[0][coarsest].shape), np.float32)
    for level in settings.levels:
        here = fixed_here, moving_here = images[0][level.shrink], images[1][level.shrink]
        start = field if field.shape[1:] == here[0].shape else _refine(field, here[0].shape)
        wide = ndimage.binary_dilation(masks[level.shrink] > 0.5, iterations=BORDER_VOXELS)
        field = _fit(fixed_here, moving_here, wide, start, level, settings)
    return field


def _fit(
    fixed: Image, moving: Image, mask: Bits, start: Image, level: Level, settings: DeformSettings
) -> Image:
    similarity = LocalCorrelation(fixed, mask, level.radius)
    descent = Descent(_control_points(start), rate=settings.rate, stiffness=settings.stiffness)
    field, slope, force = (np.empty_like(start) for _ in range(3))
    warped, pull = np.empty_like(fixed), np.empty_like(descent.control)
    for _ in range(level.steps):
        spread(descent.control, field)
        warp(moving, mask, field, warped, slope)
        similarity.pull(warped, slope, force)
        gather(force, pull)
        descent.step(pull)
    spread(descent.control, field)
    return field


def _pyramid(image: Image, coarsest: int) -> dict[int, Image]:
    levels = {1: np.ascontiguousarray(image, dtype=np.float32)}
    shrink = 1
    while shrink < coarsest:
        levels[2 * shrink] = _halve(levels[shrink])
        shrink *= 2
    return levels


def _halve(image: Image) -> Image:
    """Means of blocks of 2 x 2 x 2 voxels; an odd last plane is repeated."""
    even = np.pad(image, [(0, n % 2) for n in image.shape], mode="edge")
    depth, height, width = (n // 2 for n in even.shape)
    blocks = even.reshape(depth, 2, height, 2, width, 2)
    return np.asarray(blocks.mean(axis=(1, 3, 5)), dtype=np.float32)


def _refine(field: Image, shape: Sequence[int]) -> Image:
    """The same displacement on the next finer level, in its voxels."""
    axes = [(np.arange(n) - 0.5) / 2 for n in shape]
    where = np.stack(np.meshgrid(*axes, indexing="ij"))
    return np.stack(
        [2 * ndimage.map_coordinates(part, where, order=1, mode="nearest") for part in field]
    )


def _control_points(field: Image) -> Image:
    """Every second voxel, and one beyond the last where it is needed."""
    padded = np.pad(field, [(0, 0), *[(0, 1 - n % 2) for n in field.shape[1:]]], mode="edge")
    return np.ascontiguousarray(padded[:, ::2, ::2, ::2])
