"""The region of interest with dense disease over 30 % of one lung, semi-synthetic.

Consolidation, effusion and collapse are laid into one lung at a time, of scans not
trained on, until they fill 30 to 40 % of it; the truth stays the healthy lung's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from bench.accuracy.drawn_lungs import ASIDE, DrawnLungs, held_out, pair
from bench.accuracy.seen import look
from numpy.typing import NDArray

from eupnea.organ import Organ
from eupnea.scan import Scan
from eupnea.segment.sides import LEFT, RIGHT, split_sides
from eupnea.train.disease import FAMILIES, lay_disease
from eupnea.train.disease.lay import Diseased, Ground, without_rim
from eupnea.train.scores import dice
from eupnea.volume import Volume

RADII_MM = {"consolidation": (30, 55), "effusion": (60, 120), "collapse": (30, 60)}
LEAST_SHARE, MOST_SHARE = 0.3, 0.4
MOST_TRIES = 60
SEED = 11


def measure(organ: Organ, data: Path, folder: Path) -> dict[str, float]:
    """Dice of both lungs and of the diseased one; share of the disease that is inside."""
    figures = {}
    for drawn in chain(held_out(data), pair(data)):
        for side, lung in each_lung(drawn):
            for number, family in enumerate(RADII_MM):
                rng = np.random.default_rng([SEED, number])
                sick, disease = fill(drawn.scan, lung, family, rng)
                title = f"{drawn.name} {side} {family}"
                seen = look(organ, sick, folder / f"{title}.png", truth=disease)
                near = seen.roi & ~(drawn.lungs & ~lung)
                figures[f"{title} filled"] = float(disease.sum() / lung.sum())
                figures[f"{title} roi dice"] = dice(seen.roi, drawn.lungs)
                judged = seen.roi & ~drawn.left_out
                figures[f"{title} roi dice{ASIDE}"] = dice(judged, drawn.lungs)
                figures[f"{title} roi dice, this lung"] = dice(_beside(near, lung), lung)
                figures[f"{title} inside"] = float(seen.roi[disease].mean())
    for key in [f"{family} roi dice{told}" for family in RADII_MM for told in ("", ASIDE)]:
        figures |= mean_and_least(figures, key)
    return figures


def mean_and_least(figures: Mapping[str, float], key: str) -> dict[str, float]:
    """Of all figures whose title ends so."""
    found = [value for title, value in figures.items() if title.endswith(key)]
    return {f"{key}, mean": float(np.mean(found)), f"{key}, least": float(np.min(found))}


def fill(
    scan: Scan, lung: NDArray[np.bool_], family: str, rng: np.random.Generator
) -> tuple[Scan, NDArray[np.bool_]]:
    """The scan with large lesions of one family laid in until they fill their share of a lung.

    They reach the chest wall without the rim of half air that a healthy lung's border has.
    """
    large = replace(FAMILIES[family], radius_mm=RADII_MM[family])
    ground = Ground.of(scan.hu, lung, scan.geometry.spacing_mm, rng)
    hu, disease = scan.hu, np.zeros_like(lung)
    for _ in range(MOST_TRIES):
        if disease.sum() >= LEAST_SHARE * lung.sum():
            break
        laid = lay_disease(hu, ground, [large], rng)
        if (disease | laid.abnormal).sum() <= MOST_SHARE * lung.sum():
            hu, disease = laid.hu, disease | laid.abnormal
    hu = without_rim(Diseased(hu=hu, abnormal=disease), lung, rng)
    return replace(scan, volume=Volume(voxels=hu, geometry=scan.geometry)), disease


def each_lung(drawn: DrawnLungs) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each lung of a pair, or the only one."""
    sides = split_sides(drawn.lungs, drawn.scan.geometry.spacing_mm)
    for name, side in (("right", RIGHT), ("left", LEFT)):
        if (sides == side).any():
            yield name, sides == side


def _beside(roi: NDArray[np.bool_], lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of a region of interest within the half of the chest that holds a lung."""
    columns = np.flatnonzero(lung.any(axis=(0, 1)))
    half = np.zeros_like(roi)
    half[:, :, columns[0] : columns[-1] + 1] = True
    return roi & half
