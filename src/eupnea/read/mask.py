"""Reads a mask that was drawn on a scan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.read.foreign import quietly
from eupnea.read.image_file import is_image_name, read_image
from eupnea.read.options import MASK_LIMITS, Limits
from eupnea.read.source_file import SourceFile
from eupnea.read.stated_twice import settle
from eupnea.scan import Scan
from eupnea.volume import Volume

WIDEST_BYTES = 8
SAME_GRID_MM = 0.05
"""Largest distance of corners on one grid; affines in files have seven digits."""


def read_mask(path: Path | str, scan: Scan) -> Mask:
    """Every voxel of the file that is not zero, in the scan's canonical order.

    Args:
        path: NIfTI, MetaImage or NRRD, on the grid of the scan's source, in
            any order of axes.
        scan: The scan that it was drawn on.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` on another grid; `SOURCE_MISSING`, or
            whatever is wrong with the file.
    """
    file = SourceFile(name=Path(path).name, path=Path(path))
    if not file.path.is_file() or not is_image_name(file.name):
        raise Refusal(
            RefusalCode.SOURCE_MISSING,
            expected="a NIfTI, MetaImage or NRRD file",
            found="none",
            where=file.name,
        )
    with quietly():
        image = settle(read_image(file, limits=_limits(scan)), choice=None, where=file.name)
    drawn = Volume(voxels=np.asarray(image.stored) != 0, geometry=image.geometry).canonical()
    if not drawn.geometry.is_close(scan.geometry, tolerance_mm=SAME_GRID_MM):
        raise other_grid(scan.geometry, drawn.geometry, file.name)
    return Mask(voxels=drawn.voxels, geometry=scan.geometry)


def _limits(scan: Scan) -> Limits:
    """No more than the scan's own voxels, at the widest type there is."""
    return replace(MASK_LIMITS, file_bytes=WIDEST_BYTES * scan.hu.size)


def other_grid(expected: Geometry, found: Geometry, where: str) -> Refusal:
    """What is drawn lies elsewhere than the scan that it was drawn on."""
    return Refusal(
        RefusalCode.GEOMETRY_MISMATCH,
        expected=f"the scan's grid: {_describe(expected)}",
        found=_describe(found),
        where=where,
    )


def _describe(grid: Geometry) -> str:
    spacing = " x ".join(f"{part:.4g}" for part in grid.spacing_mm)
    origin = ", ".join(f"{part:.2f}" for part in grid.origin_mm)
    return f"{grid.shape} at {spacing} mm from ({origin})"
