"""Masks as NIfTI, voxel by voxel on the grid of the scan's own source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.nifti_file import nifti_bytes


def write_masks(found: ScanAnalysis, folder: Path) -> None:
    """Write `roi`, `normal`, `abnormal` (0 or 1) and `regions` (label of each region).

    Where the method says how sure it is, `certainty` holds the certainty that
    each voxel of the organ is normal, in percent.

    Raises:
        OSError: When the folder cannot be written.
    """
    folder.mkdir(parents=True)
    named: dict[str, NDArray[np.unsignedinteger]] = {
        "roi": found.roi.mask.voxels.view(np.uint8),
        "normal": found.normal.mask.voxels.view(np.uint8),
        "abnormal": found.abnormal.mask.voxels.view(np.uint8),
        "regions": found.labels,
    }
    if found.certainty is not None:
        named["certainty"] = np.rint(found.certainty / 2.55).astype(np.uint8)
    for name, voxels in named.items():
        content = nifti_bytes(found.scan.to_native(voxels), found.scan.native)
        (folder / f"{name}.nii.gz").write_bytes(content)
