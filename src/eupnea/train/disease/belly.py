"""What lies under the diaphragm, and is no lung whatever it looks like."""

from __future__ import annotations

import fill_voids
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.train.disease.families import Family
from eupnea.train.disease.fields import blob, mix, smooth_noise, smoothstep
from eupnea.train.disease.lay import Ground, lay_disease
from eupnea.train.disease.site import Field, Lesion, Site

BODY_HU = -300
"""What is denser belongs to the body."""

BELOW_MM = 6.0
"""Thickness of diaphragm and organ wall that stays."""


def belly_of(
    hu: NDArray[np.int16], lung: NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> NDArray[np.bool_]:
    """The body below the lungs, in each column of voxels.

    Args:
        hu: A chest (slices, rows, columns), feet first.
        lung: Its lungs.
        spacing_mm: Distances between slices, rows and columns.
    """
    body = np.stack([fill_voids.fill(plane) for plane in hu > BODY_HU])
    lowest = np.argmax(lung, axis=0)
    away = np.asarray(~lung.any(axis=0), bool)
    _, nearest = ndimage.distance_transform_edt(away, return_indices=True)
    floor = lowest[tuple(nearest)] - BELOW_MM / spacing_mm[0]
    return np.asarray(body & (np.arange(len(hu))[:, None, None] < floor))


def contents(site: Site, rng: Generator) -> Lesion:
    """Stomach, bowel, an organ or fat: gas, fluid, tissue, or gas above fluid."""
    shape = blob(site, rng, roughness=rng.uniform(0.1, 0.5), edge_mm=rng.uniform(1.0, 5.0))
    matter = _fluid_or_fat(site, rng)
    if rng.random() < 0.5:
        gas = np.float32(rng.uniform(-1010.0, -850.0)) + 0.3 * site.grain
        level = np.float32(rng.uniform(-1.0, 1.5) * site.radius_mm)
        matter = mix(matter, gas, 1.0 - smoothstep(site.offsets_mm[1] - level, -1.0, 1.0))
    return Lesion(hu=mix(site.hu, matter, shape), abnormal=shape > 0.5)


def _fluid_or_fat(site: Site, rng: Generator) -> Field:
    density = rng.uniform(-120.0, -70.0) if rng.random() < 0.25 else rng.uniform(-20.0, 160.0)
    grains = smooth_noise(site, rng.uniform(4.0, 20.0), rng)
    return np.asarray(np.float32(density) + site.grain + rng.uniform(0.0, 60.0) * grains)


def survey_belly(
    hu: NDArray[np.int16],
    lung: NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    rng: Generator,
) -> Ground | None:
    """The ground of what lies below the lungs; `None` where too little of it was scanned."""
    belly = belly_of(hu, lung, spacing_mm)
    if np.count_nonzero(belly) * float(np.prod(spacing_mm)) < LEAST_MM3:
        return None
    return Ground.of(hu, belly, spacing_mm, rng)


def fill_belly(hu: NDArray[np.int16], belly: Ground | None, rng: Generator) -> NDArray[np.int16]:
    """The scan with other contents under the diaphragm."""
    if belly is None:
        return hu
    return lay_disease(hu, belly, [CONTENTS] * int(rng.integers(0, MOST_CONTENTS)), rng).hu


CONTENTS = Family(name="contents of the belly", paint=contents, radius_mm=(8.0, 50.0))

MOST_CONTENTS = 5
LEAST_MM3 = 50_000.0
"""A smaller belly is not worth filling."""
