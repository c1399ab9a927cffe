"""An array on a grid as a compressed NIfTI file."""

from __future__ import annotations

import gzip

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])

SCANNER_CODE = 1
"""NIfTI code of sform and qform: the scanner's own coordinates."""

FASTEST = 1
"""Masks compress some hundredfold at any level; only the time differs."""

Voxels = NDArray[np.int16] | NDArray[np.uint8] | NDArray[np.uint16]


def nifti_bytes(voxels: Voxels, geometry: Geometry) -> bytes:
    """A compressed NIfTI file of an array (slices, rows, columns) and its grid.

    The bytes depend on nothing but the arguments. sform and qform are equal.
    """
    image = nib.Nifti1Image(voxels.transpose(2, 1, 0), affine=None, dtype=voxels.dtype)
    image.header.set_xyzt_units("mm")
    image.set_qform(ras_affine(geometry), code=SCANNER_CODE)
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
