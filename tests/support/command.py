"""Runs the command in this process, as its console script would."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import pytest

from eupnea.analysis import AlignmentLevel, Registration
from eupnea.cli import main
from eupnea.compare import Alignment, pair
from eupnea.volume import Volume


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run of the command ended."""

    code: int
    out: str
    err: str


def eupnea(*arguments: object) -> Outcome:
    """Runs the command; what any library prints is caught too."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        with _caught(out, 1), _caught(err, 2), redirect_stdout(out), redirect_stderr(err):
            code = _run([str(argument) for argument in arguments])
        return Outcome(code=code, out=_content(out), err=_content(err))


def _run(arguments: list[str]) -> int:
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["eupnea", *arguments])
        patch.setattr(pair, "align", _as_they_lie)
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            signal.signal(signal.SIGTERM, handler)
    return 0


def _as_they_lie(fixed: Volume, moving: Volume, **_: object) -> Alignment:
    """Toys lie still, and are taken for aligned: aligning takes long, and is proven elsewhere."""
    return Alignment.affine(
        fixed.geometry,
        moving.geometry,
        matrix=np.eye(4),
        registration=Registration(level=AlignmentLevel.DEFORMABLE),
    )


@contextmanager
def _caught(file: IO[str], descriptor: int) -> Iterator[None]:
    kept = os.dup(descriptor)
    os.dup2(file.fileno(), descriptor)
    try:
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)


def _content(file: IO[str]) -> str:
    file.flush()
    file.seek(0)
    return file.read()
