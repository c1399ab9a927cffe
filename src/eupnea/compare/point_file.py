"""Lists of points in the file format of elastix and transformix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import OutputError, Refusal, RefusalCode

HEADER = "point"


def read_points(path: Path) -> NDArray[np.float64]:
    """Positions (n, 3) in mm, LPS.

    The first line is `point`, the second their number, then one point a line
    (elastix manual, section 4.2). Files of voxel indices (`index`) are refused:
    an index means nothing without its image.

    Raises:
        Refusal: `SOURCE_MISSING`, or `SOURCE_UNREADABLE` when it is no such file.
    """
    if not path.is_file():
        raise Refusal(RefusalCode.SOURCE_MISSING, expected="a file of points", found="none")
    try:
        words = path.read_text(encoding="ascii").split()
        points = np.array(words[2:], dtype=np.float64).reshape(-1, 3)
        whole = words[0] == HEADER and int(words[1]) == len(points) and np.isfinite(points).all()
    except (ValueError, IndexError):
        whole = False
    if not whole:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected="`point`, their number, and one x y z in mm per line",
            found="something else",
            where=path.name,
        )
    return points


def write_points(path: Path, points_mm: NDArray[np.float64]) -> None:
    """Write positions (n, 3) in mm, LPS, as `read_points` reads them.

    Raises:
        OutputError: When the file cannot be written.
    """
    lines = [HEADER, str(len(points_mm)), *(" ".join(f"{x:.4f}" for x in p) for p in points_mm)]
    try:
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    except OSError as error:
        raise OutputError(f"cannot write {path.name}: {error.strerror}") from error
