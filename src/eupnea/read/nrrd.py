"""Reads NRRD files (`.nrrd`, the header and the voxels in one file)."""

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
from eupnea.read.text_header import HEADER_LINES, positive_shape, read_line, read_voxels

_TYPES = {
    "i1": {"signed char", "int8", "int8_t"},
    "u1": {"uchar", "unsigned char", "uint8", "uint8_t"},
    "i2": {"short", "short int", "signed short", "signed short int", "int16", "int16_t"},
    "u2": {"ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"},
    "i4": {"int", "signed int", "int32", "int32_t"},
    "u4": {"uint", "unsigned int", "uint32", "uint32_t"},
    "f4": {"float"},
    "f8": {"double"},
}
_TO_LPS = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}
_ZLIB_BITS = {"raw": None, "gz": 16 + zlib.MAX_WBITS, "gzip": 16 + zlib.MAX_WBITS}


def read_nrrd(file: SourceFile, *, limits: Limits) -> GridImage:
    """Voxels and geometry of a `.nrrd` file.

    Raises:
        Refusal: `SOURCE_UNSAFE` when the voxels are said to lie in another
            file, `NO_GEOMETRY` without a patient space, `BAD_SHAPE`,
            `BAD_AFFINE`, `SOURCE_TOO_LARGE`, or `SOURCE_UNREADABLE`.
    """
    with refusing(file.name, expected="a readable NRRD file"), file.path.open("rb") as opened:
        fields = _header(opened)
        shape = positive_shape(tuple(float(n) for n in fields["sizes"].split()))
        affine = _affine(fields)
        stored = read_voxels(
            opened,
            shape=shape,
            dtype=_dtype(fields),
            zlib_bits=_ZLIB_BITS[fields["encoding"].lower()],
            limits=limits,
        )
        return GridImage(
            stored=stored,
            rescale=Rescale(slope=1, intercept=0),
            geometry=Geometry(shape=shape, affine=affine),
        )


def _header(opened: BinaryIO) -> dict[str, str]:
    if not read_line(opened).startswith("NRRD000"):
        raise ValueError("magic")
    fields: dict[str, str] = {}
    for _ in range(HEADER_LINES):
        line = read_line(opened)
        if not line:
            break
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#") and not value.startswith("="):
            fields[key.strip().lower()] = value.strip()
        if {"data file", "datafile"} & fields.keys():
            raise Refusal(
                RefusalCode.SOURCE_UNSAFE,
                expected="voxels in the same file",
                found="a header that names another file",
            )
    return fields


def _dtype(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    if any(
        fields.get(skip, "0") != "0" for skip in ("line skip", "lineskip", "byte skip", "byteskip")
    ):
        raise ValueError("layout")
    codes = {name: code for code, names in _TYPES.items() for name in names}
    code = codes[fields["type"].lower()]
    return np.dtype(code).newbyteorder(">" if fields.get("endian") == "big" else "<")


def _affine(fields: Mapping[str, str]) -> NDArray[np.float64]:
    """From (slice, row, column) to LPS."""
    signs = _TO_LPS.get(fields.get("space", "").lower())
    if signs is None or not {"space directions", "space origin"} <= fields.keys():
        raise Refusal(
            RefusalCode.NO_GEOMETRY,
            expected="a patient space with directions and origin",
            found="none",
        )
    columns, origin = _vectors(fields["space directions"]), _vectors(fields["space origin"])
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns).T[:, ::-1] * np.array(signs)[:, None]
    affine[:3, 3] = np.array(origin[0]) * signs
    return affine


def _vectors(stated: str) -> list[list[float]]:
    """`(1,0,0) (0,1,0)` as lists of three numbers each."""
    found = [[float(part) for part in one.split(",")] for one in stated.strip("() ").split(") (")]
    if any(len(vector) != 3 for vector in found):
        raise ValueError("vector")
    return found
