"""Focal disease: nodules and masses."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from eupnea.train.disease.fields import blob, mix, smooth_noise, smoothstep, tube_distance
from eupnea.train.disease.site import Field, Lesion, Site

LARGEST_CALCIFIED_MM = 15.0
"""Radius of the largest nodule that is calcified throughout, as granulomas are (Khan 2010)."""


def solid_nodule(site: Site, rng: Generator) -> Lesion:
    """A solid nodule or mass: round, lobulated or spiculated; small ones are at times calcified."""
    shape = blob(site, rng, roughness=rng.choice([0.05, 0.2, 0.35]), edge_mm=rng.uniform(0.8, 2.0))
    if rng.random() < 0.35:
        shape = np.maximum(shape, _spicules(site, rng))
    target = rng.uniform(-60.0, 120.0) + site.grain
    if rng.random() < 0.1 and site.radius_mm <= LARGEST_CALCIFIED_MM:
        target = target + 250.0
    return Lesion(hu=mix(site.hu, target, shape), abnormal=shape > 0.5)


def part_solid_nodule(site: Site, rng: Generator) -> Lesion:
    """A ground-glass nodule with or without a solid core."""
    halo = blob(site, rng, roughness=rng.uniform(0.1, 0.3), edge_mm=rng.uniform(1.0, 3.0))
    hu = site.hu + halo * rng.uniform(180.0, 450.0) * site.air
    if rng.random() < 0.7:
        z, y, x = site.offsets_mm
        core_mm = rng.uniform(0.2, 0.7) * site.radius_mm
        core = smoothstep(core_mm - np.sqrt(z * z + y * y + x * x), -1.0, 1.0)
        hu = mix(hu, rng.uniform(-80.0, 60.0) + site.grain, core)
    return Lesion(hu=hu.astype(np.float32), abnormal=halo > 0.5)


def cavity(site: Site, rng: Generator) -> Lesion:
    """A mass with a hollow: a wall of 2 mm to half the radius, sometimes a fluid level."""
    outer = blob(site, rng, roughness=0.12, edge_mm=1.5)
    wall_mm = rng.uniform(2.0, max(2.5, 0.5 * site.radius_mm))
    z, y, x = site.offsets_mm
    inside = site.radius_mm - wall_mm - np.sqrt(z * z + y * y + x * x)
    hollow = smoothstep(inside + 0.1 * site.radius_mm * smooth_noise(site, 8.0, rng), -1.0, 1.0)
    if rng.random() < 0.4:
        level = rng.uniform(-0.3, 0.6) * site.radius_mm
        hollow = hollow * smoothstep(np.broadcast_to(level - y, site.shape), -0.7, 0.7)
    hu = mix(site.hu, rng.uniform(-20.0, 90.0) + site.grain, outer)
    return Lesion(hu=mix(hu, -960.0 + site.grain, hollow * outer), abnormal=outer > 0.5)


def _spicules(site: Site, rng: Generator) -> Field:
    """Fine strands that radiate from the lesion."""
    away = tube_distance(site, rng, count=int(rng.integers(5, 14)), reach_mm=1.2 * site.radius_mm)
    return 0.8 * (1.0 - smoothstep(away, 0.4, 1.3))
