"""Many files as one zip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CHUNK = 1024 * 1024

FAST = 1
"""Masks are compressed already."""


def zipped(files: Mapping[str, Path]) -> Iterator[bytes]:
    """A zip of files by their names, piece by piece; the same files give the same bytes."""
    with TemporaryFile() as whole:
        with ZipFile(whole, "w", ZIP_DEFLATED, compresslevel=FAST) as archive:
            for name in sorted(files):
                entry = ZipInfo(name)
                entry.compress_type = ZIP_DEFLATED
                archive.writestr(entry, files[name].read_bytes(), compresslevel=FAST)
        whole.seek(0)
        while chunk := whole.read(CHUNK):
            yield chunk
