"""What readers make of series with a pitfall: right, refused, or silently wrong.

    PYTHONPATH=tests python -m bench.reading [--out TABLE.md]

highdicom and SimpleITK come with Eupnea and its tests; dicom2nifti and dcm2niix
are shown when they are installed. *Right* means that 99 % of the voxels have
their value at their place, and that the volume of the lungs is within 2 %.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench.reading.pitfalls import PITFALLS, Truth
from bench.reading.readers import READERS, Grid

LUNG_HU = (-950, -700)


def main() -> None:
    """Prints the table, and writes it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    table = "\n".join(_rows())
    print(table)
    if chosen.out is not None:
        chosen.out.write_text(table + "\n", encoding="utf-8")


def _rows() -> Iterator[str]:
    yield f"| pitfall | {' | '.join(READERS)} |"
    yield "|---|" + "---|" * len(READERS)
    for name, make in PITFALLS.items():
        with tempfile.TemporaryDirectory() as scratch:
            truth = make(Path(scratch) / "ct")
            cells = [_judge(reader, Path(scratch) / "ct", truth) for reader in READERS]
        yield f"| {name} | {' | '.join(cells)} |"


def _judge(reader: str, folder: Path, truth: Truth | None) -> str:
    try:
        found = READERS[reader](folder)
    except ImportError:
        return "not installed"
    except Exception as refusal:  # noqa: BLE001 - foreign readers raise anything
        return f"refused ({getattr(refusal, 'code', type(refusal).__name__)})"
    if truth is None:
        return "**wrong**: reads"
    right, volume = _share_right(found, truth), _lung_ml(found) / _lung_ml(truth)
    if right >= 0.99 and abs(volume - 1) <= 0.02:
        return "right"
    shape, spacing = found.hu.shape[0], np.linalg.norm(found.affine[:3, 0])
    return f"**wrong**: {shape} x {spacing:.2f} mm, {right:.0%} in place, lung {volume - 1:+.0%}"


def _share_right(found: Grid, truth: Truth) -> float:
    """Share of the true voxels that the reading has at their place, within 1 HU."""
    index = np.indices(truth.hu.shape).reshape(3, -1)
    points = truth.affine @ np.vstack([index, np.ones(index.shape[1])])
    place = np.rint((np.linalg.inv(found.affine) @ points)[:3]).astype(int)
    inside = ((place >= 0) & (place < np.array(found.hu.shape)[:, None])).all(axis=0)
    values = np.full(index.shape[1], np.inf)
    values[inside] = found.hu[tuple(place[:, inside])]
    return float(np.mean(np.abs(values - truth.hu.ravel()) <= 1))


def _lung_ml(grid: Grid | Truth) -> float:
    low, high = LUNG_HU
    count = np.count_nonzero((grid.hu > low) & (grid.hu < high))
    return count * abs(float(np.linalg.det(grid.affine[:3, :3]))) / 1000


if __name__ == "__main__":
    main()
