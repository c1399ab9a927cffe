"""Images whose truth is known: phantom patients, and synthetic disease in real lungs."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.phantom import make_patient
from eupnea.scan import Scan
from eupnea.train.cases import Case, CaseEntry, Health, load_case
from eupnea.train.disease import FAMILIES, Family, lay_disease
from eupnea.train.disease.lay import Ground
from eupnea.volume import Volume

PHANTOMS = 4
SCANS = 3
EXTENTS = (0.02, 0.1, 0.3, 0.6, 0.9)
"""Share of the lung to lay disease into, from mild to nearly all; each family has one image of
each."""

NEAR = 0.95
"""Share of the extent that is near enough."""

SMALLER = 0.9
"""How much smaller the largest lesions become when one would be too much."""

OWN, MOST = 40, 400
"""Lesions of the family itself, and of all; the companions fill what is missing then."""

COMPANIONS = {
    "effusion": "collapse",
    "collapse": "consolidation",
    "solid nodule": "consolidation",
    "part-solid nodule": "ground glass",
    "cavity": "consolidation",
    "reticulation": "ground glass",
    "honeycombing": "reticulation",
    "tree in bud": "consolidation",
    "bronchiectasis": "ground glass",
    "bulla": "emphysema",
}
"""What spreads in a lung beside a disease that does not fill one by itself."""

MARGIN_MM = 15.0

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


def phantoms(*, without: Container[str] = ()) -> Iterator[Image]:
    """Small synthetic patients with several kinds of lesion each."""
    for seed in range(PHANTOMS):
        if f"phantom{seed}-{SCANS - 1}" in without:
            continue
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


def semi_synthetic(data: Path, *, without: Container[str] = ()) -> Iterator[Image]:
    """Each family laid into real lungs, from one lesion to many."""
    for turn in range(len(EXTENTS)):
        for number, family in enumerate(FAMILIES.values()):
            extent = EXTENTS[(turn + number) % len(EXTENTS)]
            name = f"{family.name} {extent:.0%}"
            if name in without:
                continue
            case, ground = _lung(data, (turn + number * len(EXTENTS)) % len(LUNGS))
            hu, abnormal = _lay(case, ground, family, extent, np.random.default_rng([turn, number]))
            grid = case.scan.geometry
            roi = Mask(voxels=case.lung & ~case.unknown, geometry=grid)
            yield Image(
                name=name,
                kind=family.name,
                base=case.name,
                scan=replace(case.scan, volume=Volume(voxels=hu, geometry=grid)),
                roi=roi,
                abnormal=roi & Mask(voxels=abnormal, geometry=grid),
            )


def _lay(
    case: Case, ground: Ground, family: Family, extent: float, rng: np.random.Generator
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Lesions of one family, then of its companion, until the disease has its extent.

    A lesion that would take it beyond is laid again, smaller.
    """
    hu, abnormal = case.hu, np.zeros(case.hu.shape, bool)
    goal = extent * np.count_nonzero(case.lung)
    companion = FAMILIES[COMPANIONS.get(family.name, family.name)]
    largest = 1.0
    for turn in range(MOST):
        if np.count_nonzero(abnormal) >= NEAR * goal:
            break
        kind = _at_most(family if turn < OWN else companion, largest)
        sick = lay_disease(hu, ground, [kind], rng)
        wider = abnormal | sick.abnormal
        if np.count_nonzero(wider) * NEAR > goal:
            largest *= SMALLER
        else:
            hu, abnormal = sick.hu, wider
    return hu, abnormal


def _at_most(family: Family, share: float) -> Family:
    """The family without its largest lesions."""
    smallest, largest = family.radius_mm
    return replace(family, radius_mm=(smallest, max(smallest, share * largest)))


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
    case = _around_lung(_coarser(load_case(data, entry)))
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


def _around_lung(case: Case) -> Case:
    """The lungs and the body next to them: nothing beyond bears on what is measured."""
    box = Mask(voxels=case.lung, geometry=case.scan.geometry).box(margin_mm=MARGIN_MM)
    volume = case.scan.volume.crop(box)
    return replace(
        case,
        scan=replace(case.scan, volume=volume, native=volume.geometry),
        lung=case.lung[box],
        unknown=case.unknown[box],
    )
