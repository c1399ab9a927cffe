"""From an image file to a scan."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.note import Note
from eupnea.read.assemble import Measured, finish, make_scan
from eupnea.read.image_file import read_image
from eupnea.read.options import ReadOptions
from eupnea.read.pixels import hounsfield
from eupnea.read.source_file import SourceFile
from eupnea.read.stated_twice import settle
from eupnea.scan import Acquisition, Provenance, Scan


def scan_of_image(
    file: SourceFile, *, acquired_at: datetime, notes: tuple[Note, ...], options: ReadOptions
) -> Scan:
    """Reads one image file as a scan.

    Raises:
        Refusal: Whatever is wrong with the file; `SLICES_TOO_FEW` and
            `SPACING_TOO_COARSE` as for DICOM.
    """
    image = settle(
        read_image(file, limits=options.limits), choice=options.nifti_affine, where=file.name
    )
    _refuse_thin(image.geometry, file.name, options)
    _refuse_not_finite(image.stored, file.name)
    hu = hounsfield(image.stored, image.rescale)
    measured = finish(Measured(hu=hu, geometry=image.geometry, padding=None), where=file.name)
    return make_scan(
        measured,
        acquired_at=acquired_at,
        acquisition=Acquisition(),
        provenance=Provenance(sources=(file.name,)),
        notes=(*notes, *image.notes, *measured.notes),
    )


def _refuse_thin(geometry: Geometry, where: str, options: ReadOptions) -> None:
    canonical = geometry.canonical()
    if canonical.shape[0] < options.min_slices:
        raise Refusal(
            RefusalCode.SLICES_TOO_FEW,
            expected=f"at least {options.min_slices} slices",
            found=str(canonical.shape[0]),
            where=where,
        )
    if canonical.spacing_mm[0] > options.max_spacing_mm:
        raise Refusal(
            RefusalCode.SPACING_TOO_COARSE,
            expected=f"slices at most {options.max_spacing_mm:g} mm apart",
            found=f"{canonical.spacing_mm[0]:.3g} mm",
            where=where,
        )
    if math.prod(canonical.shape) > options.limits.voxels:
        raise Refusal(
            RefusalCode.SOURCE_TOO_LARGE,
            expected=f"at most {options.limits.voxels} voxels",
            found=str(math.prod(canonical.shape)),
            where=where,
        )


def _refuse_not_finite(stored: NDArray[np.generic], where: str) -> None:
    if stored.dtype.kind == "f" and not np.isfinite(stored.astype(np.float64).sum()):
        raise Refusal(
            RefusalCode.NOT_HU, expected="finite values", found="NaN or infinity", where=where
        )
