"""What is known to be true of one synthetic scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cc3d
import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.phantom.lesion import Patch
from eupnea.phantom.plan import LesionKind


@dataclass(frozen=True, kw_only=True)
class TrueRegion:
    """One connected abnormal region: one focus, or several that touch."""

    id: str
    """`L` and the lowest number of its foci; a region that stays itself keeps its id."""
    label: int
    """Value of its voxels in `Truth.labels`: the lowest number of its foci."""
    foci: tuple[int, ...]
    """Numbers of the planned lesions in it, counted from 1."""
    kinds: tuple[LesionKind, ...]
    volume_ml: float
    centroid_mm: tuple[float, float, float]
    """Mean voxel position, LPS."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """Masks and regions of one scan, exact by construction."""

    roi: Mask
    """The lungs, diseased parts included, trachea and main bronchi not."""
    abnormal: Mask
    labels: NDArray[np.uint16] = field(repr=False)
    """On the scan's grid: 0, or the label of the region that holds the voxel."""
    regions: tuple[TrueRegion, ...]
    """By label."""

    @property
    def normal(self) -> Mask:
        """The region of interest without the abnormal region."""
        return self.roi - self.abnormal


def find_truth(roi: NDArray[np.bool_], patches: Sequence[Patch], grid: Geometry) -> Truth:
    """The truth of a scan from its lungs and the foci that lie in it.

    Args:
        roi: The lungs.
        patches: The foci; each is negative outside, and cut at the lungs' surface.
        grid: The scan's grid.
    """
    abnormal = np.zeros(grid.shape, bool)
    for patch in patches:
        abnormal[patch.box] |= (patch.depth_mm > 0) & roi[patch.box]
    pieces = cc3d.connected_components(abnormal, connectivity=26)
    labels = np.zeros(grid.shape, np.uint16)
    regions = []
    for foci in _together(pieces, patches, roi):
        where = np.isin(pieces, list(foci.pieces))
        labels[where] = foci.numbers[0]
        regions.append(_region(where, foci, grid))
    return Truth(
        roi=Mask(voxels=roi, geometry=grid),
        abnormal=Mask(voxels=abnormal, geometry=grid),
        labels=labels,
        regions=tuple(sorted(regions, key=lambda region: region.label)),
    )


@dataclass(frozen=True, kw_only=True)
class _Foci:
    """Foci that share connected pieces."""

    pieces: frozenset[int]
    numbers: tuple[int, ...]
    kinds: tuple[LesionKind, ...]


def _together(
    pieces: NDArray[np.uint32], patches: Sequence[Patch], roi: NDArray[np.bool_]
) -> list[_Foci]:
    """Foci grouped by the connected pieces that they share."""
    groups: list[_Foci] = []
    for patch in patches:
        inside = (patch.depth_mm > 0) & roi[patch.box]
        mine = frozenset(int(n) for n in np.unique(pieces[patch.box][inside]))
        if not mine:
            continue
        met = [group for group in groups if group.pieces & mine]
        groups = [group for group in groups if not group.pieces & mine]
        groups.append(
            _Foci(
                pieces=mine.union(*(group.pieces for group in met)),
                numbers=tuple(sorted({patch.number, *(n for g in met for n in g.numbers)})),
                kinds=tuple(sorted({patch.kind, *(kind for g in met for kind in g.kinds)})),
            )
        )
    return groups


def _region(where: NDArray[np.bool_], foci: _Foci, grid: Geometry) -> TrueRegion:
    x, y, z = grid.to_mm(np.argwhere(where).mean(axis=0))
    return TrueRegion(
        id=f"L{foci.numbers[0]}",
        label=foci.numbers[0],
        foci=foci.numbers,
        kinds=foci.kinds,
        volume_ml=int(np.count_nonzero(where)) * grid.voxel_volume_ml,
        centroid_mm=(float(x), float(y), float(z)),
    )
