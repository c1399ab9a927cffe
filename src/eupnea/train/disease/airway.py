"""Disease of the airways."""

from __future__ import annotations

import edt
import numpy as np
from numpy.random import Generator

from eupnea.train.disease.fields import balls, blob, mix, smoothstep, tube_distance
from eupnea.train.disease.site import Lesion, Site


def tree_in_bud(site: Site, rng: Generator) -> Lesion:
    """Filled small airways: dots of 2 to 5 mm on fine twigs, in clusters.

    The truth reaches 2.5 mm beyond dots and twigs: the lobule, not its dots,
    is diseased.
    """
    shape = blob(site, rng, roughness=0.4, edge_mm=3.0) * site.lung
    twigs = tube_distance(site, rng, count=int(rng.integers(3, 10)), reach_mm=8 + site.radius_mm)
    twig = 0.8 * (1.0 - smoothstep(twigs, 0.4, 1.4))
    count = int(np.clip(0.01 * site.radius_mm**3 / 3.0, 6, 160) * rng.uniform(0.5, 1.5))
    buds = smoothstep(balls(site, rng, count=count, radius_mm=(0.9, 2.4), where=shape), -0.6, 0.6)
    share = np.maximum(buds, twig * (shape > 0.5)) * rng.uniform(0.6, 1.0)
    near = edt.edt(share < 0.35, anisotropy=site.spacing_mm) <= 2.5
    target = rng.uniform(-150.0, 40.0) + site.grain
    return Lesion(hu=mix(site.hu, target, share), abnormal=near)


def bronchiectasis(site: Site, rng: Generator) -> Lesion:
    """Widened bronchi with thick walls, some filled with mucus, side by side."""
    count = int(np.clip(site.radius_mm / 6.0, 2, 10))
    away = tube_distance(site, rng, count=count, reach_mm=1.6 * site.radius_mm, parallel=True)
    lumen_mm, wall_mm = rng.uniform(1.5, 5.0), rng.uniform(1.0, 3.0)
    tube = 1.0 - smoothstep(away, lumen_mm + wall_mm - 0.6, lumen_mm + wall_mm + 0.6)
    hollow = 1.0 - smoothstep(away, lumen_mm - 0.6, lumen_mm + 0.6)
    filled = rng.random() < 0.25
    content = rng.uniform(-40.0, 40.0) if filled else -985.0
    hu = mix(site.hu, rng.uniform(-250.0, 40.0) + site.grain, tube)
    return Lesion(
        hu=mix(hu, content + site.grain, hollow),
        abnormal=away <= lumen_mm + wall_mm + 1.0,
    )
