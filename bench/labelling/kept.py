"""The images of the loop, made once and kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from bench.labelling.images import Image, semi_synthetic

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.scan import Scan
from eupnea.volume import Volume

JUDGES = ("normal002", "case007", "case008")
"""Patients that are kept for judging; no patient is in both sets."""

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def keep(data: Path, folder: Path, pool: int, judges: int) -> tuple[list[Image], list[Image]]:
    """The pool and the images that judge: made where they are not kept yet."""
    wanted = {"pool": pool, "judges": judges}
    paths = {
        name: [folder / f"{name}{number:02d}.npz" for number in range(count)]
        for name, count in wanted.items()
    }
    missing = {name: [p for p in ps if not p.exists()] for name, ps in paths.items()}
    folder.mkdir(parents=True, exist_ok=True)
    places = dict.fromkeys(wanted, 0)
    for image in semi_synthetic(data) if any(missing.values()) else ():
        name = "judges" if image.base in JUDGES else "pool"
        if places[name] < wanted[name]:
            _save(image, paths[name][places[name]])
            places[name] += 1
        if places == wanted:
            break
    chosen, judging = ([_load(path) for path in paths[name]] for name in wanted)
    return chosen, judging


def _save(image: Image, path: Path) -> None:
    aside = path.with_suffix(".partial.npz")
    np.savez_compressed(
        aside,
        hu=image.scan.hu,
        roi=image.roi.voxels,
        abnormal=image.abnormal.voxels,
        spacing_mm=image.scan.geometry.spacing_mm,
        words=[image.name, image.kind, image.base],
    )
    aside.replace(path)


def _load(path: Path) -> Image:
    with np.load(path) as kept:
        hu, roi, abnormal = kept["hu"], kept["roi"], kept["abnormal"]
        k, j, i = kept["spacing_mm"].tolist()
        name, kind, base = kept["words"].tolist()
    grid = Geometry.regular(shape=hu.shape, spacing_mm=(k, j, i))
    return Image(
        name=name,
        kind=kind,
        base=base,
        scan=Scan(volume=Volume(voxels=hu, geometry=grid), native=grid, acquired_at=NOON),
        roi=Mask(voxels=roi, geometry=grid),
        abnormal=Mask(voxels=abnormal, geometry=grid),
    )
