"""What decides the answer to a case, in one number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from eupnea.cohort.case import CohortCase
from eupnea.cohort.plan import Settings
from eupnea.version import __version__


def fingerprint(case: CohortCase, settings: Settings) -> str:
    """SHA-256 over a case's files, its dates, the settings, the model's files, and the version.

    The same for the same bytes under the same names, wherever they lie; a source
    that is missing counts as empty, so that it is another one once it is there.
    """
    whole = hashlib.sha256()
    for part in _parts(case, settings):
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def _parts(case: CohortCase, settings: Settings) -> Iterator[bytes]:
    yield __version__.encode()
    yield settings.model_dump_json(exclude={"model", "key"}).encode()
    yield from (date.encode() for date in case.dates)
    yield from _contents([settings.model] if settings.model else [])
    yield from _contents(case.sources)


def _contents(paths: Iterable[Path]) -> Iterator[bytes]:
    for number, path in enumerate(paths):
        yield f"{number} {path.name}".encode()
        for file in _files(path):
            yield file.relative_to(path).as_posix().encode()
            with file.open("rb") as opened:
                yield hashlib.file_digest(opened, "sha256").digest()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path] if path.is_file() else []
