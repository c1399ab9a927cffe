"""Reads foreign files one by one, each in a process of its own, and measures what it took.

    python -m support.limited FILE...

prints one line of JSON per file. A reader that crashes takes only its own
process with it, and is seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from eupnea.errors import Refusal
from eupnea.read import Limits, read_timeline
from eupnea.read.ct_slice import slices_of
from eupnea.read.dicom_file import is_dicom, read_header
from eupnea.read.foreign import quietly
from eupnea.read.image_file import is_image_name, read_image
from eupnea.read.pixels import PixelReader
from eupnea.read.source_file import SourceFile

REFUSED, READ, RAISED = 3, 0, 1
MOST_SECONDS, MOST_MEGABYTES = 2.0, 300.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What reading one file came to."""

    path: str
    status: int
    """0 for a value, 3 for a refusal, 1 for another exception, negative for a signal."""
    seconds: float
    """Of the processor, user and system."""
    megabytes: float
    """Most memory at a time, beyond what the reader takes without a file."""

    @property
    def is_orderly(self) -> bool:
        """Whether it is a value or a refusal, soon and without much memory."""
        soon = self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES
        return self.status in {READ, REFUSED} and soon


def read_limited(paths: Sequence[Path], folder: Path) -> list[Outcome]:
    """Reads files in another process; its complaints go to a file in the folder."""
    command = [sys.executable, "-m", "support.limited", *map(str, paths)]
    tests = str(Path(__file__).resolve().parents[1])
    with (folder / "stderr.txt").open("wb") as stderr:
        done = subprocess.run(
            command,
            check=True,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, "PYTHONPATH": tests},
        )
    return [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]


def read_one(path: Path) -> None:
    """Everything that reading does with one file, whatever the file says it is."""
    with suppress(Refusal):
        read_timeline([path])
    file, limits = SourceFile(name=path.name, path=path), Limits()
    with quietly():
        if is_image_name(path.name):
            read_image(file, limits=limits)
        elif is_dicom(file):
            for one in slices_of(file, read_header(file, limits=limits)):
                PixelReader(limits=limits).stored(one)


def _outcomes(paths: Sequence[str]) -> Iterator[Outcome]:
    for path in paths:
        child = os.fork()
        if child == 0:
            os._exit(_status(Path(path)))
        _, status, usage = os.wait4(child, 0)
        yield Outcome(
            path=path,
            status=os.waitstatus_to_exitcode(status),
            seconds=usage.ru_utime + usage.ru_stime,
            megabytes=usage.ru_maxrss / 1024,
        )


def _status(path: Path) -> int:
    warnings.simplefilter("error", ResourceWarning)
    try:
        read_one(path)
    except Refusal:
        return REFUSED
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        sys.stderr.write(f"{path}: {type(error).__name__}\n")
        sys.stderr.flush()
        return RAISED
    return READ


def main() -> None:
    """The nothing first, to know what the reader itself takes; then each file."""
    empty, *outcomes = _outcomes([os.devnull, *sys.argv[1:]])
    for one in outcomes:
        used = {**asdict(one), "megabytes": one.megabytes - empty.megabytes}
        sys.stdout.write(json.dumps(used) + "\n")


if __name__ == "__main__":
    main()
