"""What MetaImage and NRRD share: a header of text lines before the voxels."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.options import Limits

LINE_BYTES = 4096
"""Longest header line."""
HEADER_LINES = 1000
"""Most header lines."""


def read_line(stream: BinaryIO) -> str:
    """One header line without its end.

    Raises:
        ValueError: When the line is too long, or the file is over.
    """
    line = stream.readline(LINE_BYTES)
    if not line.endswith(b"\n"):
        raise ValueError("header line")
    return line.decode("latin-1").strip()


def three(fields: Mapping[str, str], key: str) -> tuple[float, float, float]:
    """Three numbers separated by blanks."""
    x, y, z = (float(part) for part in fields[key].split())
    return x, y, z


def positive_shape(sizes: tuple[float, ...]) -> tuple[int, int, int]:
    """Slices, rows and columns from sizes that begin with the fastest axis."""
    if len(sizes) != 3 or any(size < 1 or size != int(size) for size in sizes):
        raise Refusal(
            RefusalCode.BAD_SHAPE,
            expected="one volume of three positive dimensions",
            found=f"sizes {sizes}",
        )
    return int(sizes[2]), int(sizes[1]), int(sizes[0])


def read_voxels(
    stream: BinaryIO,
    *,
    shape: tuple[int, int, int],
    dtype: np.dtype[np.generic],
    zlib_bits: int | None,
    limits: Limits,
) -> NDArray[np.generic]:
    """The voxels that follow the header, inflated if need be, never beyond what the header says.

    Args:
        stream: Positioned behind the header.
        shape: Slices, rows and columns.
        dtype: Of one voxel.
        zlib_bits: `wbits` of the zlib stream; `None` for plain bytes.
        limits: Caps on size and ratio, checked before memory is taken.

    Raises:
        Refusal: `SOURCE_TOO_LARGE`, or `SOURCE_UNREADABLE` when voxels are missing.
    """
    size = math.prod(shape) * dtype.itemsize
    refuse_beyond(limits.file_bytes, size)
    if zlib_bits is None:
        raw = stream.read(size)
    else:
        packed = stream.read(size + size // 1000 + 1024)  # more than any deflated stream takes
        refuse_beyond(limits.inflated(len(packed)), size)
        raw = _inflate(packed, size, zlib_bits)
    if len(raw) != size:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected=f"{size} bytes of voxels",
            found=str(len(raw)),
        )
    return np.frombuffer(raw, dtype).reshape(shape)


def refuse_beyond(most: int, size: int) -> None:
    """Holds the bytes that a header promises against a cap.

    Raises:
        Refusal: `SOURCE_TOO_LARGE`.
    """
    if size > most:
        raise Refusal(
            RefusalCode.SOURCE_TOO_LARGE,
            expected=f"at most {most} bytes of voxels",
            found=str(size),
        )


def _inflate(packed: bytes, size: int, bits: int) -> bytes:
    inflater = zlib.decompressobj(wbits=bits)
    plain = inflater.decompress(packed, size)
    inflater.decompress(inflater.unconsumed_tail, 1)
    if not inflater.eof:
        raise ValueError("stream does not end")
    return plain
