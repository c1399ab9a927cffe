"""Reads MetaImage files (`.mha`, the header and the voxels in one file)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.read.ct_slice import Rescale
from eupnea.read.foreign import refusing
from eupnea.read.grid_image import GridImage
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile
from eupnea.read.text_header import HEADER_LINES, positive_shape, read_line, read_voxels, three

_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def read_metaimage(file: SourceFile, *, limits: Limits) -> GridImage:
    """Voxels and geometry of a `.mha` file; its coordinates are LPS, as in ITK.

    Raises:
        Refusal: `SOURCE_UNSAFE` when the voxels are said to lie in another
            file, `BAD_SHAPE`, `BAD_AFFINE`, `SOURCE_TOO_LARGE`, or
            `SOURCE_UNREADABLE`.
    """
    with (
        refusing(file.name, expected="a readable MetaImage file"),
        file.path.open("rb") as opened,
    ):
        fields = _header(opened)
        shape = positive_shape(tuple(float(n) for n in fields["DimSize"].split()))
        stored = read_voxels(
            opened,
            shape=shape,
            dtype=_dtype(fields),
            zlib_bits=zlib.MAX_WBITS if _is_true(fields, "CompressedData") else None,
            limits=limits,
        )
        return GridImage(
            stored=stored,
            rescale=Rescale(slope=1, intercept=0),
            geometry=Geometry(shape=shape, affine=_affine(fields)),
        )


def _header(opened: BinaryIO) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _ in range(HEADER_LINES):
        key, equals, value = read_line(opened).partition("=")
        if not equals:
            raise ValueError("header")
        fields[key.strip()] = value.strip()
        if key.strip() == "ElementDataFile":
            break
    if fields["ElementDataFile"] != "LOCAL":
        raise Refusal(
            RefusalCode.SOURCE_UNSAFE,
            expected="voxels in the same file",
            found="a header that names another file",
        )
    return fields


def _dtype(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    if fields.get("ElementNumberOfChannels", "1") != "1" or "HeaderSize" in fields:
        raise ValueError("layout")
    big = _is_true(fields, "BinaryDataByteOrderMSB") or _is_true(fields, "ElementByteOrderMSB")
    return np.dtype(_TYPES[fields["ElementType"]]).newbyteorder(">" if big else "<")


def _affine(fields: Mapping[str, str]) -> NDArray[np.float64]:
    """From (slice, row, column) to LPS; row n of the matrix is the direction of axis n."""
    axes = np.eye(3)
    if "TransformMatrix" in fields:
        axes = np.array(fields["TransformMatrix"].split(), float).reshape(3, 3).T
    affine = np.eye(4)
    affine[:3, :3] = (axes * three(fields, "ElementSpacing"))[:, ::-1]
    affine[:3, 3] = three(fields, "Offset") if "Offset" in fields else three(fields, "Position")
    return affine


def _is_true(fields: Mapping[str, str], key: str) -> bool:
    return fields.get(key, "False").lower() == "true"
