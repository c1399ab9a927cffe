"""Reads NIfTI-1 and NIfTI-2 files, and refuses the malformed ones."""

from __future__ import annotations

import gzip
import math
import zlib
from typing import Any, BinaryIO, TypeAlias

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from nibabel.wrapstruct import WrapStructError
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.note import Note, Severity
from eupnea.read.ct_slice import Rescale
from eupnea.read.foreign import refusing
from eupnea.read.grid_image import GridImage
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile

ORIENTATION_UNKNOWN = "ORIENTATION_UNKNOWN"
"""Code of the note that left and right are a guess."""

Affine: TypeAlias = NDArray[np.float64]

_HEADERS = {
    (348).to_bytes(4, "little"): nibabel.Nifti1Header,
    (348).to_bytes(4, "big"): nibabel.Nifti1Header,
    (540).to_bytes(4, "little"): nibabel.Nifti2Header,
    (540).to_bytes(4, "big"): nibabel.Nifti2Header,
}
_MAGICS = (b"n+1", b"n+2")
_MM_PER_UNIT = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_CHUNK_BYTES = 1024**2


def read_nifti(file: SourceFile, *, limits: Limits) -> GridImage:
    """Voxels, scaling and affine of a `.nii` or `.nii.gz` file.

    Raises:
        Refusal: `NIFTI_TRUNCATED`, `BAD_SHAPE`, `BAD_AFFINE`, `NOT_HU` for
            colours, `SOURCE_TOO_LARGE` before memory is taken, and
            `SOURCE_UNREADABLE` for anything else.
    """
    expected = "a readable NIfTI file"
    with (
        refusing(
            file.name, expected=expected, also=(ImageFileError, HeaderDataError, WrapStructError)
        ),
        file.path.open("rb") as opened,
    ):
        packed = file.name.lower().endswith(".gz")
        stream: Any = gzip.GzipFile(fileobj=opened) if packed else opened
        most = limits.inflated(file.path.stat().st_size) if packed else limits.file_bytes
        header = _header(stream)
        shape, dtype = _shape(header), _dtype(header)
        raw = _body(stream, header, math.prod(shape) * dtype.itemsize, most)
        affine, other, notes = _affines(header)
        rescale, more = _rescale(header)
        return GridImage(
            stored=np.frombuffer(raw, dtype).reshape(shape),
            rescale=rescale,
            geometry=Geometry(shape=shape, affine=affine),
            other=None if other is None else Geometry(shape=shape, affine=other),
            notes=(*notes, *more),
        )


def _header(stream: BinaryIO) -> Any:
    size = stream.read(4)
    kind = _HEADERS[size]
    raw = size + stream.read(int(kind.sizeof_hdr) - 4)
    if len(raw) < kind.sizeof_hdr:
        raise _truncated(found="a header that ends early")
    header = kind(raw, check=False)
    if not bytes(header["magic"]).startswith(_MAGICS):
        raise ImageFileError("magic")
    return header


def _shape(header: Any) -> tuple[int, int, int]:
    """Slices, rows and columns; trailing axes of length one are dropped."""
    dims = [int(n) for n in header["dim"]]
    extra = dims[4 : dims[0] + 1]
    if not 3 <= dims[0] <= 7 or min(dims[1:4]) < 1 or any(n != 1 for n in extra):
        raise Refusal(
            RefusalCode.BAD_SHAPE,
            expected="one volume of three positive dimensions",
            found=f"dimensions {dims[1 : max(dims[0], 0) + 1]}",
        )
    return dims[3], dims[2], dims[1]


def _dtype(header: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = header.get_data_dtype()
    if dtype.kind not in "iuf":
        raise Refusal(RefusalCode.NOT_HU, expected="one real number per voxel", found=str(dtype))
    return dtype


def _body(stream: Any, header: Any, size: int, most: int) -> bytes:
    """The voxels' bytes, and the rest of the file so that its checksum is verified."""
    if size > most:
        raise _too_large(most)
    gap = int(header["vox_offset"]) - int(header.sizeof_hdr)
    if gap < 0 or gap > most:
        raise _truncated(found=f"data at byte {int(header['vox_offset'])}")
    try:
        _skip(stream, gap)
        raw: bytes = stream.read(size)
        rest = _skip(stream, most)
    except (EOFError, OSError, zlib.error):
        raise _truncated(found="a broken compressed stream") from None
    if len(raw) < size:
        raise _truncated(found=f"{len(raw)} of {size} bytes")
    if rest >= most:
        raise _too_large(most)
    return raw


def _skip(stream: Any, size: int) -> int:
    skipped = 0
    while skipped < size and (chunk := stream.read(min(_CHUNK_BYTES, size - skipped))):
        skipped += len(chunk)
    return skipped


def _affines(header: Any) -> tuple[Affine, Affine | None, tuple[Note, ...]]:
    """From (slice, row, column) to LPS mm: the sform, and the qform where there is none.

    Second, the qform where both are stated; third, what is doubtful.
    """
    sform, qform = header.get_sform(coded=True)[0], header.get_qform(coded=True)[0]
    if sform is None and qform is None:
        return _to_lps(header, header.get_base_affine()), None, (_orientation_unknown(),)
    if sform is None or qform is None:
        return _to_lps(header, qform if sform is None else sform), None, ()
    return _to_lps(header, sform), _to_lps(header, qform), ()


def _to_lps(header: Any, ras: Affine) -> Affine:
    unit = _MM_PER_UNIT.get(int(header["xyzt_units"]) & 7, 1.0)
    lps = _RAS_TO_LPS @ np.diag([unit, unit, unit, 1.0]) @ ras
    return np.asarray(lps[:, [2, 1, 0, 3]])


def _rescale(header: Any) -> tuple[Rescale, tuple[Note, ...]]:
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0:
        return Rescale(slope=1, intercept=0), ()
    if math.isfinite(slope) and math.isfinite(intercept):
        return Rescale(slope=slope, intercept=intercept), ()
    note = Note(
        code="SCALING_INVALID",
        text="The file's scaling is not a number; its values were taken as they are.",
    )
    return Rescale(slope=1, intercept=0), (note,)


def _orientation_unknown() -> Note:
    return Note(
        code=ORIENTATION_UNKNOWN,
        text="The file does not say how it lies in the patient: left and right are a guess.",
        severity=Severity.WARNING,
    )


def _truncated(*, found: str) -> Refusal:
    return Refusal(
        RefusalCode.NIFTI_TRUNCATED,
        expected="a file that holds all its voxels",
        found=found,
    )


def _too_large(most: int) -> Refusal:
    return Refusal(
        RefusalCode.SOURCE_TOO_LARGE,
        expected=f"at most {most} bytes of voxels",
        found="more",
    )
