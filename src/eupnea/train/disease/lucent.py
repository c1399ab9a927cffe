"""Lucent disease: less tissue than there should be."""

from __future__ import annotations

import edt
import numpy as np
from numpy.random import Generator

from eupnea.train.disease.fields import balls, blob, mix, smooth_noise, smoothstep
from eupnea.train.disease.site import Field, Lesion, Site


def emphysema(site: Site, rng: Generator) -> Lesion:
    """Destroyed walls: centrilobular holes without a wall, or a whole part thinned."""
    shape = blob(site, rng, roughness=0.3, edge_mm=5.0)
    if rng.random() < 0.6:
        count = int(np.clip(0.012 * site.radius_mm**3 / 8.0, 5, 250))
        holes = balls(site, rng, count=count, radius_mm=(1.5, rng.uniform(3.0, 7.0)), where=shape)
        shape = smoothstep(holes, -0.5, 1.0)
    tissue = np.clip((site.hu + 1000.0) / 250.0, 0.0, 1.0)
    vessel_left = np.where(tissue >= 1.0, rng.uniform(0.2, 1.0), 0.0)
    target = rng.uniform(-1000.0, -962.0) + site.grain
    share = shape * rng.uniform(0.75, 1.0) * (1.0 - vessel_left)
    return Lesion(hu=mix(site.hu, target, share.astype(np.float32)), abnormal=shape > 0.5)


def bulla(site: Site, rng: Generator) -> Lesion:
    """One large hole of air with a hairline wall, or a cyst with a thin one."""
    shape = blob(site, rng, roughness=0.12, edge_mm=1.0)
    core = _core(shape, site, rng)
    wall = np.clip(shape - core, 0.0, 1.0) * rng.uniform(0.2, 0.8)
    hu = mix(site.hu, rng.uniform(-1005.0, -975.0) + 0.7 * site.grain, shape)
    return Lesion(hu=mix(hu, -80.0 + site.grain, wall), abnormal=shape > 0.5)


def _core(shape: Field, site: Site, rng: Generator) -> Field:
    """The shape without its outer 1 to 2 mm."""
    depth = edt.edt(shape > 0.5, anisotropy=site.spacing_mm)
    return smoothstep(depth + 0.1 * smooth_noise(site, 5.0, rng), 0.3, rng.uniform(1.2, 2.2))
