"""Hand-made analyses: small grids with drawn regions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import AlignmentLevel, Attributes, Registration, ScanAnalysis
from eupnea.compare.alignment import Alignment
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.region import Region
from eupnea.scan import Acquisition, Scan
from eupnea.volume import Volume

START = datetime(2020, 1, 1, tzinfo=UTC)
GRID = Geometry.regular(shape=(20, 30, 40), spacing_mm=(2.0, 2.0, 2.0))


def analysis_of(
    labels: NDArray[np.uint16],
    *,
    index: int = 0,
    hu: int = -400,
    geometry: Geometry = GRID,
    acquisition: Acquisition | None = None,
) -> ScanAnalysis:
    """The analysis of a scan whose abnormal regions are given by labels.

    Everything inside one voxel of the border is lung; regions have one density.
    """
    roi = np.zeros(geometry.shape, bool)
    roi[1:-1, 1:-1, 1:-1] = True
    abnormal = labels > 0
    voxels = np.where(abnormal, hu, -850).astype(np.int16)
    scan = Scan(
        volume=Volume(voxels=voxels, geometry=geometry),
        native=geometry,
        acquired_at=START + timedelta(days=30 * index),
        acquisition=acquisition or Acquisition(),
    )
    masks = {"roi": roi | abnormal, "normal": roi & ~abnormal, "abnormal": abnormal}
    total = float(masks["roi"].sum())
    parts = {
        name: Attributes(
            mask=Mask(voxels=voxels, geometry=geometry),
            volume_ml=float(voxels.sum() * geometry.voxel_volume_ml),
            fraction=float(voxels.sum() / total),
        )
        for name, voxels in masks.items()
    }
    return ScanAnalysis(
        index=index,
        scan=scan,
        roi=parts["roi"],
        normal=parts["normal"],
        abnormal=parts["abnormal"],
        regions=_regions(labels, geometry),
        labels=labels,
        bands=(),
        zones=(),
    )


def _regions(labels: NDArray[np.uint16], geometry: Geometry) -> tuple[Region, ...]:
    sizes = np.bincount(labels.ravel())
    order = sorted((n for n in range(1, len(sizes)) if sizes[n]), key=lambda n: (-sizes[n], n))
    return tuple(
        _region(number, label, labels, geometry) for number, label in enumerate(order, start=1)
    )


def _region(number: int, label: int, labels: NDArray[np.uint16], geometry: Geometry) -> Region:
    where = np.argwhere(labels == label)
    x, y, z = geometry.to_mm(where.mean(axis=0)).tolist()
    return Region(
        id=f"R{number}",
        label=label,
        volume_ml=len(where) * geometry.voxel_volume_ml,
        centroid_mm=(x, y, z),
        extent_mm=(0.0, 0.0, 0.0),
        mean_hu=-400.0,
        bands={},
        zone="right lower",
    )


Box = tuple[tuple[int, int, int], tuple[int, int, int]]


def boxes(*parts: Box) -> NDArray[np.uint16]:
    """Labels 1, 2, ... of boxes, each given by its first voxel and its size."""
    labels = np.zeros(GRID.shape, np.uint16)
    for label, ((k, j, i), (depth, height, width)) in enumerate(parts, start=1):
        labels[k : k + depth, j : j + height, i : i + width] = label
    return labels


def still(first: Geometry = GRID, second: Geometry = GRID) -> Alignment:
    """Two scans whose points correspond as they are."""
    registration = Registration(level=AlignmentLevel.DEFORMABLE, roi_dice=1.0)
    return Alignment.affine(first, second, matrix=np.eye(4), registration=registration)


def shifted(*offset_mm: float) -> Alignment:
    """Two scans on one grid; what lies at a point lies `offset_mm` away in the second."""
    matrix = np.eye(4)
    matrix[:3, 3] = offset_mm
    registration = Registration(level=AlignmentLevel.DEFORMABLE, roi_dice=1.0)
    return Alignment.affine(GRID, GRID, matrix=matrix, registration=registration)
