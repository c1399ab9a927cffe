"""A known pair on as many voxels as a thin-slice chest CT has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import SimpleITK as sitk
from bench.alignment.pairs import KnownPair
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.volume import Volume

SHAPE = (300, 512, 512)


def enlarge(pair: KnownPair) -> KnownPair:
    """The same pair, interpolated to 300 slices of 512 x 512: for timing, not for detail."""
    first, second = (_grid(part.geometry) for part in (pair.first, pair.second))
    return replace(
        pair,
        name=f"{pair.name}, {SHAPE[1]} x {SHAPE[2]} x {SHAPE[0]}",
        first=Volume(voxels=_resample(pair.first.voxels), geometry=first),
        first_roi=Mask(voxels=_resample(pair.first_roi.voxels) > 0, geometry=first),
        second=Volume(voxels=_resample(pair.second.voxels), geometry=second),
        second_roi=Mask(voxels=_resample(pair.second_roi.voxels) > 0, geometry=second),
    )


def _grid(small: Geometry) -> Geometry:
    """First and last voxels stay where they are."""
    affine = small.affine.copy()
    affine[:, :3] *= _steps(small.shape)
    return Geometry(shape=SHAPE, affine=affine)


def _resample(voxels: NDArray[Any]) -> NDArray[Any]:
    is_mask = voxels.dtype == bool
    image = sitk.GetImageFromArray(voxels.astype(np.uint8) if is_mask else voxels)
    how = sitk.sitkNearestNeighbor if is_mask else sitk.sitkLinear
    steps = _steps(voxels.shape)[::-1]
    large = sitk.Resample(image, SHAPE[::-1], sitk.Transform(), how, (0.0, 0.0, 0.0), steps)
    return np.asarray(sitk.GetArrayFromImage(large).astype(voxels.dtype))


def _steps(shape: tuple[int, ...]) -> list[float]:
    """Voxels of the small grid per voxel of the large one."""
    return [(n - 1) / (size - 1) for n, size in zip(shape, SHAPE, strict=True)]
