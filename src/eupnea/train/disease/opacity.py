"""Opacities: more tissue or fluid where there should be air."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from eupnea.train.disease.fields import blob, mix, septa, smooth_noise, smoothstep, tube_distance
from eupnea.train.disease.site import Field, Lesion, Site


def ground_glass(site: Site, rng: Generator) -> Lesion:
    """Hazy density through which vessels stay visible: patchy, diffuse or with fine grain."""
    shape = blob(site, rng, roughness=rng.uniform(0.1, 0.5), edge_mm=rng.uniform(1.5, 8.0))
    if rng.random() < 0.5:
        patches = smooth_noise(site, rng.uniform(6.0, 25.0), rng)
        shape = shape * smoothstep(patches, -0.6, rng.uniform(-0.3, 0.6))
    added_hu = rng.uniform(130.0, 480.0)
    texture = 1.0 + rng.uniform(0.0, 0.35) * smooth_noise(site, rng.uniform(2.0, 8.0), rng)
    hu = site.hu + shape * np.float32(added_hu) * texture * site.air
    return Lesion(hu=hu.astype(np.float32), abnormal=shape > 0.5)


def crazy_paving(site: Site, rng: Generator) -> Lesion:
    """Ground glass with thickened septa, like paving stones."""
    glass = ground_glass(site, rng)
    lines = septa(site, rng.uniform(5.0, 12.0), rng.uniform(1.2, 2.5), rng)
    hu = glass.hu + lines * glass.abnormal * rng.uniform(120.0, 350.0) * site.air
    return Lesion(hu=hu.astype(np.float32), abnormal=glass.abnormal)


def consolidation(site: Site, rng: Generator) -> Lesion:
    """Air replaced by fluid, cells or pus, often with air-filled bronchi left in it."""
    shape = blob(site, rng, roughness=rng.uniform(0.1, 0.45), edge_mm=rng.uniform(1.0, 5.0))
    if rng.random() < 0.4:
        shape = shape * smoothstep(rng.uniform(6.0, 40.0) - site.depth_mm, 0.0, 4.0)
    target = rng.uniform(-80.0, 90.0) + site.grain + 15.0 * smooth_noise(site, 6.0, rng)
    if site.radius_mm > 12 and rng.random() < 0.6:
        target = _with_air_bronchograms(site, target, rng)
    return Lesion(hu=mix(site.hu, target, shape), abnormal=shape > 0.5)


def effusion(site: Site, rng: Generator) -> Lesion:
    """Fluid between lung and chest wall, deepest at the back."""
    up_mm, back_mm, side_mm = site.offsets_mm
    rear = float(np.where(site.lung, back_mm, -np.inf).max())
    spread = (up_mm**2 + side_mm**2) / (1.35 * site.radius_mm) ** 2
    level = rng.uniform(0.15, 0.9) * site.radius_mm * (1.0 - spread)
    height = level - (rear - back_mm) - 0.25 * site.depth_mm + 1.5 * smooth_noise(site, 20.0, rng)
    fluid = smoothstep(height, -1.0, 1.0)
    target = rng.uniform(-10.0, 40.0) + site.grain
    return Lesion(hu=mix(site.hu, target, fluid), abnormal=fluid > 0.5)


def collapse(site: Site, rng: Generator) -> Lesion:
    """Airless lung pressed against the pleura: a rind or a wedge, denser than fluid."""
    thickness = site.radius_mm * rng.uniform(0.25, 0.8)
    bulge = 1.0 + 0.4 * smooth_noise(site, max(site.radius_mm, 8.0), rng)
    rind = smoothstep(thickness * bulge - site.depth_mm, -1.0, 1.5)
    shape = rind * blob(site, rng, roughness=0.2, edge_mm=3.0)
    target = rng.uniform(20.0, 130.0) + site.grain
    if rng.random() < 0.5:
        target = _with_air_bronchograms(site, target, rng)
    return Lesion(hu=mix(site.hu, target, shape), abnormal=shape > 0.5)


def _with_air_bronchograms(site: Site, target: Field, rng: Generator) -> Field:
    """Branches of air, 1 to 3 mm wide, left open in dense tissue."""
    count = int(rng.integers(2, 8))
    away = tube_distance(site, rng, count=count, reach_mm=2.0 * site.radius_mm)
    radius = rng.uniform(0.7, 1.8)
    lumen = 1.0 - smoothstep(away, radius - 0.6, radius + 0.6)
    return mix(target, np.float32(-950.0) + site.grain, lumen)
