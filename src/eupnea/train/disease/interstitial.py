"""Interstitial disease: lines and cells."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from eupnea.train.disease.fields import balls, blob, mix, septa, smooth_noise, smoothstep
from eupnea.train.disease.site import Field, Lesion, Site


def reticulation(site: Site, rng: Generator) -> Lesion:
    """A net of thickened septa, mostly near the pleura, on a faint haze."""
    shape = blob(site, rng, roughness=0.3, edge_mm=4.0) * _subpleural(site, rng)
    lines = septa(site, rng.uniform(4.0, 11.0), rng.uniform(1.2, 2.8), rng)
    haze = rng.uniform(20.0, 160.0) * (1.0 + 0.3 * smooth_noise(site, 4.0, rng))
    added = (haze + lines * rng.uniform(250.0, 600.0)) * site.air
    return Lesion(hu=(site.hu + shape * added).astype(np.float32), abnormal=shape > 0.5)


def honeycombing(site: Site, rng: Generator) -> Lesion:
    """Stacked cysts of 3 to 10 mm with shared dense walls, at the pleura."""
    shape = blob(site, rng, roughness=0.25, edge_mm=3.0) * _subpleural(site, rng)
    largest_mm = rng.uniform(2.5, 5.0)
    volume_mm3 = float(np.count_nonzero((shape > 0.5) & site.lung)) * np.prod(site.spacing_mm)
    count = int(np.clip(volume_mm3 / (1.2 * largest_mm**3), 8, 2500))
    cells = balls(site, rng, count=count, radius_mm=(1.5, largest_mm), where=shape * site.lung)
    walls = mix(
        np.full(site.shape, rng.uniform(-350.0, -30.0), np.float32) + site.grain,
        -960.0 + site.grain,
        smoothstep(cells, -0.3, 1.0),
    )
    return Lesion(hu=mix(site.hu, walls, shape), abnormal=shape > 0.5)


def _subpleural(site: Site, rng: Generator) -> Field:
    """1 at the pleura, 0 in the core; everywhere 1 in a third of the cases."""
    if rng.random() < 0.33:
        return np.ones(site.shape, np.float32)
    reach = rng.uniform(8.0, 35.0)
    ragged = reach + 4.0 * smooth_noise(site, 12.0, rng)
    return smoothstep(ragged - site.depth_mm, -2.0, 2.0)
