"""Writes JPEG lossless (process 14, selection value 1), which no library at hand encodes."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

CODE_BITS = 5
"""Every category of difference has a code of this length: simple, and valid."""
CATEGORIES = 17


def encode(plane: NDArray[np.uint16]) -> bytes:
    """One plane of 16 bits (rows, columns) as ITU-T T.81 annex H has it."""
    rows, columns = plane.shape
    frame = struct.pack(">BHHBBBB", 16, rows, columns, 1, 1, 0x11, 0)
    counts = bytes([0] * (CODE_BITS - 1) + [CATEGORIES] + [0] * (16 - CODE_BITS))
    table = b"\0" + counts + bytes(range(CATEGORIES))
    scan = struct.pack(">BBBBBB", 1, 1, 0, 1, 0, 0)
    segments = [(0xC3, frame), (0xC4, table), (0xDA, scan)]
    head = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments
    )
    return b"\xff\xd8" + head + _entropy(plane) + b"\xff\xd9"


def _differences(plane: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Each value less its left neighbour; the first of a row less the one above."""
    wide = plane.astype(np.int64)
    before = np.empty_like(wide)
    before[:, 1:] = wide[:, :-1]
    before[1:, 0] = wide[:-1, 0]
    before[0, 0] = 2**15
    return (wide - before + 2**15) % 2**16 - 2**15


def _entropy(plane: NDArray[np.uint16]) -> bytes:
    bits = []
    for difference in _differences(plane).ravel().tolist():
        category = abs(difference).bit_length()
        bits.append(f"{category:0{CODE_BITS}b}")
        if 0 < category < 16:
            value = difference if difference > 0 else difference + 2**category - 1
            bits.append(f"{value:0{category}b}")
    joined = "".join(bits)
    joined += "1" * (-len(joined) % 8)
    raw = int(joined, 2).to_bytes(len(joined) // 8, "big")
    return raw.replace(b"\xff", b"\xff\0")
