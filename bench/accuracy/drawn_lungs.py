"""Scans not trained on whose lungs experts or the data's authors drew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.accuracy.left_out import left_out
from numpy.typing import NDArray

from eupnea.read import read_mask
from eupnea.scan import Scan
from eupnea.train.cases import read_scan

HELD_OUT = ("case002", "case005", "case006")
"""Planning scans, drawn by experts."""

PAIR = ("baseline", "followup")
"""One lung at two times, drawn by the data's authors."""

ASIDE = ", left-out disease aside"
"""Ends the title of a figure that is judged nowhere in `DrawnLungs.left_out`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnLungs:
    """A scan and its lungs; arrays canonical (slices, rows, columns)."""

    name: str
    scan: Scan
    lungs: NDArray[np.bool_]

    @property
    def left_out(self) -> NDArray[np.bool_]:
        """Diseased lung that the experts did not draw."""
        return left_out(self.name, self.lungs)


def held_out(data: Path) -> Iterator[DrawnLungs]:
    """The planning scans that no shipped network was trained on."""
    for name in HELD_OUT:
        stem = f"lctsc/{name}"
        yield _read(name, data / f"{stem}_ct.nii.gz", data / f"{stem}_lung.nii.gz")


def pair(data: Path) -> Iterator[DrawnLungs]:
    """The single lung of `elastix-pair`, at both times."""
    for name in PAIR:
        stem = f"elastix-pair/3DCT_lung_{name}"
        yield _read(f"elastix-pair {name}", data / f"{stem}.mha", data / f"{stem}_mask.mha")


def _read(name: str, ct: Path, mask: Path) -> DrawnLungs:
    scan = read_scan(ct)
    return DrawnLungs(name=name, scan=scan, lungs=read_mask(mask, scan).voxels)
