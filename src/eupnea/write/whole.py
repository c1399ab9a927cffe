"""Small files that are there whole, or as they were."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from eupnea.errors import OutputError

Remembered = TypeVar("Remembered", bound=BaseModel)


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
        with suppress(OSError):
            aside.unlink()
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def remember(path: Path, model: BaseModel) -> None:
    """Writes a record as indented JSON, whole.

    Raises:
        OutputError: When the folder cannot be written.
    """
    write_whole(path, f"{model.model_dump_json(indent=1)}\n".encode())


def recall(path: Path, kind: type[Remembered]) -> Remembered | None:
    """The record that was written; `None` when there is none, or none that can be read."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
