"""How well, and how fast, two scans of one lung are brought together.

    python -m bench.alignment --data ../shared/data [--only NAME...] [--elastix] [--large]

Known pairs are semi-synthetic (see `pairs.py`); the real pair, `real`, has 26
landmarks. `--large` interpolates known pairs to 512 x 512 x 300 voxels.
Errors are in mm at 4,000 points drawn uniformly in the lungs. Seconds count the
whole of `align`, resampling and affine map included, after compilation; only
seconds of one run on one machine can be compared. Where others use the machine,
the processor's seconds tell more; two cores need at least half of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from bench.alignment.elastix import Elastix, is_installed
from bench.alignment.large import enlarge
from bench.alignment.pairs import KnownPair, Recipe, make_pair
from numpy.typing import NDArray

from eupnea.compare import Alignment, align
from eupnea.compare.point_file import read_points
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.read import read_mask, read_timeline
from eupnea.scan import Scan
from eupnea.volume import Volume

ROW = "{:36s} {:>8s} {:>8s} {:>8s} {:>8s} {:>9s} {:>8s} {:>8s}"
REAL = "real"
SLIPPED = 10
"""A landmark whose annotation slipped along its vessel (docs/comparison.md)."""
CASES = ("case000", "case003", "case005", "case008")


class Spent(NamedTuple):
    """Seconds; of the processor on all cores together."""

    wall: float
    cpu: float


NOTHING = Spent(0.0, 0.0)
Result = TypeVar("Result")


def main() -> None:
    """Prints one row per pair and engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=[REAL, *CASES], default=[REAL, *CASES])
    parser.add_argument("--elastix", action="store_true", help="itk-elastix in the same run")
    parser.add_argument("--large", action="store_true", help="512 x 512 x 300 voxels")
    chosen = parser.parse_args()
    if chosen.elastix and not is_installed():
        parser.error("itk-elastix is not installed")
    print(ROW.format("pair", "mean", "p95", "max", "folding", "agree mm", "seconds", "cpu s"))
    _compile()
    if REAL in chosen.only:
        _measure_real(chosen.data, elastix=chosen.elastix)
    for pair in _known_pairs(chosen.data, chosen.only):
        known = enlarge(pair) if chosen.large else pair
        _measure_known(known, elastix=chosen.elastix)


def _compile() -> None:
    """Two small balls, so that no pair pays for the compiler."""
    grid = Geometry.regular(shape=(20, 20, 20), spacing_mm=(3.0, 3.0, 3.0))
    centre = np.linalg.norm(np.indices(grid.shape) - 9.5, axis=0)
    roi = Mask(voxels=centre < 8, geometry=grid)
    volume = Volume(voxels=(-900 + 20 * centre).astype(np.int16), geometry=grid)
    align(volume, volume, fixed_roi=roi, moving_roi=roi)


def _measure_real(data: Path, *, elastix: bool) -> None:
    """Both directions of the real pair, at its landmarks."""
    folder = data / "elastix-pair"
    (early, early_roi), (late, late_roi) = (
        _with_mask(folder / f"3DCT_lung_{name}.mha") for name in ("baseline", "followup")
    )
    here, there = (read_points(folder / f"{name}_points.txt") for name in ("fixed", "moving"))
    found, spent = _timed(
        lambda: align(early.volume, late.volume, fixed_roi=early_roi, moving_roi=late_roi)
    )
    error = found.to_moving(here) - there
    _print("real pair, landmarks", error, found, spent)
    _print("real pair, but the 11th", np.delete(error, SLIPPED, axis=0), found, spent)
    _print("real pair, back", found.to_fixed(there) - here, found, spent)
    _print("real pair, none", here - there, None, NOTHING)
    if elastix:
        other, spent = _timed(lambda: Elastix(early.volume, early_roi, late.volume, late_roi))
        _print("real pair, itk-elastix", other.to_moving(here) - there, None, spent)


def _measure_known(pair: KnownPair, *, elastix: bool) -> None:
    found, spent = _timed(
        lambda: align(pair.second, pair.first, fixed_roi=pair.second_roi, moving_roi=pair.first_roi)
    )
    _print(pair.name, found.to_moving(pair.points_second_mm) - pair.points_first_mm, found, spent)
    if elastix:
        other, spent = _timed(
            lambda: Elastix(pair.second, pair.second_roi, pair.first, pair.first_roi)
        )
        error = other.to_moving(pair.points_second_mm) - pair.points_first_mm
        _print(f"{pair.name}, itk-elastix", error, None, spent)


def _timed(compute: Callable[[], Result]) -> tuple[Result, Spent]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = compute()
    return result, Spent(time.perf_counter() - wall, time.process_time() - cpu)


def _known_pairs(data: Path, names: Sequence[str]) -> Iterator[KnownPair]:
    for seed, name in enumerate(CASES):
        if name not in names:
            continue
        scan, roi = _with_mask(data / "lctsc" / f"{name}_ct.nii.gz")
        yield make_pair(f"{name}, 18 mm", scan.volume, roi, Recipe(), seed)


def _with_mask(path: Path) -> tuple[Scan, Mask]:
    scan = next(iter(read_timeline([path], dates=["2020-01-01"]).timeline))
    drawn = path.with_name(path.name.replace("_ct", "_lung").replace(".mha", "_mask.mha"))
    return scan, read_mask(drawn, scan)


def _print(name: str, error: NDArray[np.float64], found: Alignment | None, spent: Spent) -> None:
    far = np.linalg.norm(error, axis=1)
    quality = None if found is None else found.registration
    figures = [f"{far.mean():.2f}", f"{np.percentile(far, 95):.2f}", f"{far.max():.1f}"]
    folding = "-" if quality is None else f"{quality.folded_fraction}"
    agree = "-" if quality is None else f"{quality.inverse_consistency_mm:.2f}"
    seconds = (f"{spent.wall:.1f}", f"{spent.cpu:.1f}")
    print(ROW.format(name, *figures, folding, agree, *seconds), flush=True)


if __name__ == "__main__":
    main()
