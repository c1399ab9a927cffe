"""Reads DICOM files without trusting them."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from pydicom import Dataset, dcmread
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.uid import DeflatedExplicitVRLittleEndian

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.foreign import refusing
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile

EXPECTED = "a readable DICOM file"
CHUNK_BYTES = 1024**2


def is_dicom(file: SourceFile) -> bool:
    """Whether the file starts like DICOM: with its preamble, or bare with group 2 or 8."""
    with refusing(file.name, expected="a readable file"), file.path.open("rb") as opened:
        start = opened.read(132)
    bare = start[:1] in (b"\x02", b"\x08") and start[1:2] == b"\0" and start[3:4] == b"\0"
    return start[128:] == b"DICM" or (bare and len(start) >= 8)


def read_header(file: SourceFile, *, limits: Limits) -> Dataset:
    """All attributes before the pixels.

    Raises:
        Refusal: `SOURCE_UNREADABLE`, or `SOURCE_TOO_LARGE` before a deflated
            file is inflated beyond the cap.
    """
    with refusing(file.name, expected=EXPECTED), file.path.open("rb") as opened:
        size = _refuse_large(file, limits)
        _refuse_bomb(opened, limits.inflated(size))
        opened.seek(0)
        return dcmread(opened, stop_before_pixels=True, force=True)


def read_whole(file: SourceFile) -> Dataset:
    """All attributes and the encoded pixels of a file whose header has been read before.

    Raises:
        Refusal: `SOURCE_UNREADABLE`.
    """
    with refusing(file.name, expected=EXPECTED):
        return dcmread(file.path, force=True)


def _refuse_large(file: SourceFile, limits: Limits) -> int:
    size = file.path.stat().st_size
    if size > limits.file_bytes:
        raise _too_large(limits.file_bytes, f"{size} bytes")
    return size


def _refuse_bomb(opened: BinaryIO, most: int) -> None:
    """Inflates a deflated data set piece by piece, to see that it stays below the cap."""
    read_preamble(opened, force=True)
    meta = _read_file_meta_info(opened)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    stream, inflated = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while chunk := stream.unconsumed_tail or opened.read(CHUNK_BYTES):
        inflated += len(stream.decompress(chunk, CHUNK_BYTES))
        if inflated > most:
            raise _too_large(most, "more once inflated")


def _too_large(most: int, found: str) -> Refusal:
    return Refusal(
        RefusalCode.SOURCE_TOO_LARGE,
        expected=f"at most {most} bytes",
        found=found,
    )
