"""A folder that one process at a time works in."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eupnea.errors import OutputError, UsageError


@contextmanager
def alone_in(folder: Path, *, work: str) -> Iterator[None]:
    """Hold a folder for one process; the system gives it free however that ends.

    Args:
        folder: Made if there is none.
        work: What works there, in a word, for the message to a second one.

    Raises:
        UsageError: Another process holds it.
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"another {work} works in {folder}") from None
    finally:
        os.close(handle)
