"""One file of the input, and the name that the user knows it by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class SourceFile:
    """A file on disk and its name below the source."""

    name: str
    """Such as `study1/IM0001.dcm`: the source's own name, then the path below it."""
    path: Path
    """Where the bytes lie; inside a temporary folder for a member of an archive."""

    @property
    def folder(self) -> str:
        """The folder part of the name."""
        return self.name.rpartition("/")[0]
