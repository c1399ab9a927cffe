"""Unpacks a DICOM zip without trusting it."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.foreign import refusing
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile

CHUNK_BYTES = 1024**2

_UNSAFE_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f\u202a-\u202e]")


def extract(archive: SourceFile, *, into: Path, limits: Limits) -> tuple[SourceFile, ...]:
    """The members of a zip as plain files named 0, 1, 2 and so on.

    No name from the archive ever becomes a path, so nothing can be written
    outside the folder; a hostile name is refused all the same.

    Args:
        archive: The zip.
        into: An empty folder.
        limits: Caps on entries, bytes and ratio, counted while inflating.

    Raises:
        Refusal: `SOURCE_UNSAFE` for names that climb, links and names given
            twice; `SOURCE_TOO_LARGE` beyond a cap; `SOURCE_UNREADABLE` for a
            damaged or encrypted archive.
    """
    with (
        refusing(archive.name, expected="a readable zip archive"),
        zipfile.ZipFile(archive.path) as opened,
    ):
        members = [member for member in opened.infolist() if not member.is_dir()]
        _refuse_unsafe(members, archive.name)
        _refuse_crowded(members, archive.name, limits)
        budget = min(limits.archive_bytes, archive.path.stat().st_size * limits.inflation)
        files = []
        for n, member in enumerate(members):
            file = SourceFile(name=f"{archive.name}/{member.filename}", path=into / str(n))
            room = min(limits.file_bytes, budget)
            budget -= _inflate(opened, member, file, room=room)
            files.append(file)
    return tuple(sorted(files))


def _refuse_unsafe(members: list[zipfile.ZipInfo], where: str) -> None:
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise _unsafe("two members of one name", where)
    if any(_UNSAFE_NAME.search(member.orig_filename) for member in members):
        raise _unsafe("a member whose name leaves the archive", where)
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
        raise _unsafe("a symbolic link", where)


def _unsafe(found: str, where: str) -> Refusal:
    return Refusal(
        RefusalCode.SOURCE_UNSAFE, expected="plain files with plain names", found=found, where=where
    )


def _refuse_crowded(members: list[zipfile.ZipInfo], where: str, limits: Limits) -> None:
    if len(members) > limits.archive_entries:
        raise Refusal(
            RefusalCode.SOURCE_TOO_LARGE,
            expected=f"at most {limits.archive_entries} files",
            found=str(len(members)),
            where=where,
        )


def _inflate(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, file: SourceFile, *, room: int
) -> int:
    """Writes one member and counts its bytes; the sizes the archive states are not believed."""
    written = 0
    with opened.open(member) as packed, file.path.open("xb") as plain:
        while chunk := packed.read(CHUNK_BYTES):
            written += len(chunk)
            if written > room:
                raise Refusal(
                    RefusalCode.SOURCE_TOO_LARGE,
                    expected="an archive within the caps on size and ratio",
                    found=f"a member that inflates beyond {room} bytes",
                    where=file.name,
                )
            plain.write(chunk)
    return written
