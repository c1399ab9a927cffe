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
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: [_load(path) for path in _paths(folder, name)] for name in wanted}
    names = {image.name for images in kept.values() for image in images}
    made = semi_synthetic(data, without=names)
    while any(len(kept[name]) < count for name, count in wanted.items()):
        image = next(made)
        name = "judges" if image.base in JUDGES else "pool"
        if len(kept[name]) < wanted[name]:
            _save(image, folder / f"{name}{len(kept[name]):02d}.npz")
            kept[name].append(image)
    return kept["pool"][:pool], kept["judges"][:judges]


def _paths(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}??.npz"))


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
