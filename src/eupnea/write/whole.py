"""Small files that are there whole, or as they were."""

from __future__ import annotations

import os
from pathlib import Path

from eupnea.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Writes beside the file, waits for the disk, renames: a crash leaves the old one, or none.

    Raises:
        OutputError: When the folder cannot be written.
    """
    aside = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
