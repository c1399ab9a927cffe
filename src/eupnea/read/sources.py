"""From the paths a user names to the files they hold."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.archive import extract
from eupnea.read.foreign import refusing
from eupnea.read.image_file import ending, is_image_name
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile


@dataclass(frozen=True, kw_only=True)
class Source:
    """One path that the user named, and all files below it, sorted by name."""

    name: str
    files: tuple[SourceFile, ...]
    is_image: bool
    """Whether it is one NIfTI, MetaImage or NRRD file, that is one scan."""


@contextmanager
def open_sources(
    paths: Sequence[Path | str], *, limits: Limits, hide_names: bool = False
) -> Iterator[tuple[Source, ...]]:
    """The sources, with archives unpacked to a temporary folder for the time of the block.

    Args:
        paths: Folders, zips and files.
        limits: Caps for archives.
        hide_names: Whether sources, folders and files are known by numbers.

    Raises:
        Refusal: `SOURCE_MISSING`, or the refusals of `extract`.
    """
    names = _numbers(paths) if hide_names else _names(paths)
    opener = _open_unnamed if hide_names else _open
    with TemporaryDirectory(prefix="eupnea-") as scratch:
        yield tuple(
            opener(Path(path), name, Path(scratch) / str(n), limits=limits)
            for n, (path, name) in enumerate(zip(paths, names, strict=True))
        )


def _numbers(paths: Sequence[Path | str]) -> list[str]:
    return [f"source{n}{ending(Path(path).name)}" for n, path in enumerate(paths, start=1)]


def _open_unnamed(path: Path, name: str, scratch: Path, *, limits: Limits) -> Source:
    """The source with its folders and files numbered, in the order of their names."""
    try:
        source = _open(path, name, scratch, limits=limits)
    except Refusal as refusal:
        raise Refusal(
            refusal.code, expected=refusal.expected, found=refusal.found, where=name
        ) from None
    if source.is_image:
        return source
    folders = sorted({file.folder for file in source.files})
    files = (
        SourceFile(
            name=f"{name}/{folders.index(file.folder):04d}/{n:06d}{ending(file.path.name)}",
            path=file.path,
        )
        for n, file in enumerate(source.files)
    )
    return replace(source, files=tuple(sorted(files)))


def _names(paths: Sequence[Path | str]) -> list[str]:
    """The last part of each path; the whole paths where that would name two sources alike."""
    short = [Path(path).absolute().name for path in paths]
    return short if len(set(short)) == len(short) else [Path(path).as_posix() for path in paths]


def _open(path: Path, name: str, scratch: Path, *, limits: Limits) -> Source:
    with refusing(name, expected="a readable file or folder"):
        return _look_into(path, name, scratch, limits=limits)


def _look_into(path: Path, name: str, scratch: Path, *, limits: Limits) -> Source:
    if path.is_dir():
        return Source(name=name, files=_files_below(path, name), is_image=False)
    if not path.is_file():
        raise Refusal(RefusalCode.SOURCE_MISSING, expected="a file or folder", found="none")
    if is_image_name(name):
        return Source(name=name, files=(SourceFile(name=name, path=path),), is_image=True)
    if zipfile.is_zipfile(path):
        scratch.mkdir()
        files = extract(SourceFile(name=name, path=path), into=scratch, limits=limits)
        return Source(name=name, files=files, is_image=False)
    return Source(name=name, files=(SourceFile(name=name, path=path),), is_image=False)


def _files_below(folder: Path, name: str) -> tuple[SourceFile, ...]:
    """All files below, and links to folders, which are not followed but accounted for."""
    found = []
    for parent, folders, files in os.walk(folder, onerror=_fail):
        here = Path(parent)
        links = [sub for sub in folders if (here / sub).is_symlink()]
        found += [here / entry for entry in (*files, *links)]
    return tuple(
        sorted(
            SourceFile(name=f"{name}/{_printable(path.relative_to(folder))}", path=path)
            for path in found
        )
    )


def _fail(error: OSError) -> None:
    raise error


def _printable(path: Path) -> str:
    """The path with escapes where a name is not valid text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
