"""Masks as NIfTI, voxel by voxel on the grid of the scan's own source."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.geometry import Geometry

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])

SCANNER_CODE = 1
"""NIfTI code of sform and qform: the scanner's own coordinates."""

FASTEST = 1
"""Masks compress some hundredfold at any level; only the time differs."""


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


def nifti_bytes(voxels: NDArray[np.uint8] | NDArray[np.uint16], geometry: Geometry) -> bytes:
    """A compressed NIfTI file of an array (slices, rows, columns) and its grid.

    The bytes depend on nothing but the arguments. sform and qform are equal.
    """
    image = nib.Nifti1Image(voxels.transpose(2, 1, 0), affine=None, dtype=voxels.dtype)
    affine = ras_affine(geometry)
    image.header.set_xyzt_units("mm")
    image.set_qform(affine, code=SCANNER_CODE)
    image.set_sform(image.get_qform(), code=SCANNER_CODE)
    return gzip.compress(image.to_bytes(), compresslevel=FASTEST, mtime=0)


def ras_affine(geometry: Geometry) -> NDArray[np.float64]:
    """The NIfTI affine: from (column, row, slice) to mm in RAS.

    Examples:
        >>> grid = Geometry.regular(shape=(2, 3, 4), spacing_mm=(5.0, 2.0, 1.0))
        >>> ras_affine(grid).diagonal().tolist()
        [-1.0, -2.0, 5.0, 1.0]
    """
    return np.asarray(LPS_TO_RAS @ geometry.affine[:, [2, 1, 0, 3]]) + 0.0
