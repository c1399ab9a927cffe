"""NIfTI files of the small chest, and ways to spoil their headers."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from support.ct import SPACING_MM, chest_hu

AFFINE = np.array(
    [
        [-SPACING_MM[2], 0, 0, 100],
        [0, -SPACING_MM[1], 0, 120],
        [0, 0, SPACING_MM[0], -300],
        [0, 0, 0, 1.0],
    ]
)
"""RAS; it lays the voxels where `support.ct.ct_series` does."""


def nifti_bytes(hu: NDArray[Any] | None = None, **fields: Any) -> bytes:
    """A NIfTI-1 file; `fields` overwrite the header as it is written, unchecked."""
    voxels = (chest_hu() if hu is None else hu).transpose(2, 1, 0)
    image = nibabel.Nifti1Image(voxels, AFFINE)
    image.set_sform(AFFINE, 1)
    image.set_qform(AFFINE, 1)
    raw = bytearray(image.to_bytes())
    header = np.frombuffer(bytes(raw[:348]), image.header.template_dtype)[0].copy()
    for name, value in fields.items():
        header[name] = value
    raw[: header.nbytes] = header.tobytes()
    return bytes(raw)


def save_nifti(path: Path, hu: NDArray[Any] | None = None, **fields: Any) -> Path:
    """Writes `nifti_bytes`, compressed when the name ends in `.gz`."""
    raw = nifti_bytes(hu, **fields)
    path.write_bytes(gzip.compress(raw, 1) if path.suffix == ".gz" else raw)
    return path
