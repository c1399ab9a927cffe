"""Images whose truth is known: phantom patients, and synthetic disease in real lungs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.phantom import make_patient
from eupnea.scan import Scan
from eupnea.train.cases import Case, CaseEntry, Health, load_case
from eupnea.train.disease import FAMILIES, lay_disease
from eupnea.train.disease.lay import Ground
from eupnea.volume import Volume

PHANTOMS = 8
SCANS = 3
ROUNDS = 6
"""Images of each family."""

FEWEST, MOST = 1.0, 40.0
"""Lesions of one image, drawn evenly on a logarithmic scale."""

LUNGS = (
    *(("covid-ct-md", name, Health.ALL) for name in ("normal001", "normal002")),
    *(("lctsc", f"case{n:03d}", Health.AERATED) for n in (0, 1, 2, 4, 7, 8)),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Image:
    """One scan, its organ, and what of it is truly abnormal."""

    name: str
    kind: str
    """`phantom`, or the family of the disease that was laid in."""
    base: str
    """The patient; all images of one are chosen or left out together."""
    scan: Scan
    roi: Mask
    abnormal: Mask


def phantoms() -> Iterator[Image]:
    """Small synthetic patients with several kinds of lesion each."""
    for seed in range(PHANTOMS):
        patient = make_patient(seed=seed, small=True, scans=SCANS)
        for n, made in enumerate(patient.scans):
            yield Image(
                name=f"phantom{seed}-{n}",
                kind="phantom",
                base=f"phantom{seed}",
                scan=made.scan,
                roi=made.truth.roi,
                abnormal=made.truth.abnormal,
            )


def semi_synthetic(data: Path) -> Iterator[Image]:
    """Each family laid into real lungs, from one lesion to many."""
    for turn in range(ROUNDS):
        for number, family in enumerate(FAMILIES.values()):
            lung = (turn + number * ROUNDS) % len(LUNGS)
            rng = np.random.default_rng([turn, number])
            case, ground = _lung(data, lung)
            count = round(float(np.exp(rng.uniform(np.log(FEWEST), np.log(MOST)))))
            sick = lay_disease(case.hu, ground, [family] * count, rng)
            grid = case.scan.geometry
            roi = Mask(voxels=case.lung & ~case.unknown, geometry=grid)
            yield Image(
                name=f"{family.name}-{turn}",
                kind=family.name,
                base=case.name,
                scan=replace(case.scan, volume=Volume(voxels=sick.hu, geometry=grid)),
                roi=roi,
                abnormal=roi & Mask(voxels=sick.abnormal, geometry=grid),
            )


@lru_cache(maxsize=len(LUNGS))
def _lung(data: Path, number: int) -> tuple[Case, Ground]:
    folder, name, health = LUNGS[number]
    lung = Path(folder, f"{name}_lung.nii.gz")
    entry = CaseEntry(
        name=name,
        ct=Path(folder, f"{name}_ct.nii.gz"),
        lung=lung if (data / lung).is_file() else None,
        health=health,
        source=folder,
    )
    case = _coarser(load_case(data, entry))
    rng = np.random.default_rng(number)
    return case, Ground.of(case.hu, case.lung, case.scan.geometry.spacing_mm, rng)


def _coarser(case: Case) -> Case:
    """Two by two pixels in one, about 2 mm, to measure in a quarter of the time."""
    slices, rows, columns = (n // step for n, step in zip(case.hu.shape, (1, 2, 2), strict=True))
    blocks = case.hu[:, : 2 * rows, : 2 * columns].reshape(slices, rows, 2, columns, 2)
    spacing = case.scan.geometry.spacing_mm
    grid = Geometry.regular(
        shape=(slices, rows, columns), spacing_mm=(spacing[0], 2 * spacing[1], 2 * spacing[2])
    )
    hu = np.rint(blocks.mean(axis=(2, 4))).astype(np.int16)
    part = np.s_[:, 1 : 2 * rows : 2, 1 : 2 * columns : 2]
    return replace(
        case,
        scan=replace(case.scan, volume=Volume(voxels=hu, geometry=grid), native=grid),
        lung=case.lung[part],
        unknown=case.unknown[part],
    )
