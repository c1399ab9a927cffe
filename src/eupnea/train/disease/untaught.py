"""Disease that no model is ever taught: what tells whether normal was learnt, or a list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.random import Generator

from eupnea.train.disease.families import Family, Place
from eupnea.train.disease.fields import balls, blob, mix, smooth_noise, smoothstep
from eupnea.train.disease.site import Field, Lesion, Site


def reversed_halo(site: Site, rng: Generator) -> Lesion:
    """Ground glass within a ring of consolidation, as in organising pneumonia (Kim et al. 2003)."""
    shape = blob(site, rng, roughness=0.15, edge_mm=2.0)
    ring_mm = rng.uniform(3.0, 0.4 * site.radius_mm)
    core = smoothstep(site.radius_mm - ring_mm - _from_centre_mm(site), -1.5, 1.5)
    glass = site.hu + rng.uniform(150.0, 350.0) * site.air
    ring = rng.uniform(-60.0, 60.0) + site.grain
    hu = mix(site.hu, mix(ring, glass, core), shape)
    return Lesion(hu=hu, abnormal=shape > 0.5)


def infarct(site: Site, rng: Generator) -> Lesion:
    """A wedge with its base at the pleura, often with a lucent centre (Revel et al. 2007)."""
    from_centre = _from_centre_mm(site)
    aside_mm = np.sqrt(np.maximum(from_centre**2 - site.depth_mm**2, 0.0))
    reach = site.radius_mm * (1.0 + 0.15 * smooth_noise(site, 10.0, rng))
    wedge = smoothstep(reach - aside_mm - 0.7 * site.depth_mm, -1.0, 1.0)
    target = rng.uniform(-20.0, 50.0) + site.grain
    if rng.random() < 0.5:
        hollow = smoothstep(0.35 * site.radius_mm - from_centre, -2.0, 2.0)
        target = target - hollow * rng.uniform(200.0, 500.0)
    return Lesion(hu=mix(site.hu, target, wedge), abnormal=wedge > 0.5)


def miliary(site: Site, rng: Generator) -> Lesion:
    """Countless nodules of 1 to 3 mm, evenly strewn; what lies between them is normal."""
    shape = blob(site, rng, roughness=0.2, edge_mm=4.0)
    seeds = balls(site, rng, count=_count(site, 0.0006), radius_mm=(0.7, 1.6), where=shape)
    return _grains(site, seeds, rng)


def galaxy(site: Site, rng: Generator) -> Lesion:
    """Small nodules that crowd into a mass, as in sarcoidosis (Nakatsu et al. 2002)."""
    crowd = blob(site, rng, roughness=0.2, edge_mm=site.radius_mm)
    crowd = np.where(crowd**2 > rng.random(site.shape, np.float32), np.float32(1), np.float32(0))
    seeds = balls(site, rng, count=_count(site, 0.004), radius_mm=(0.8, 2.5), where=crowd)
    return _grains(site, seeds, rng)


def thin_walled_cysts(site: Site, rng: Generator) -> Lesion:
    """Round holes of 4 to 16 mm with hairline walls, as in lymphangioleiomyomatosis."""
    shape = blob(site, rng, roughness=0.2, edge_mm=4.0)
    depth = balls(site, rng, count=_count(site, 0.0003), radius_mm=(2.0, 8.0), where=shape)
    hole, wall = smoothstep(depth, -0.5, 0.5), smoothstep(-np.abs(depth), -0.9, -0.1)
    hu = mix(site.hu, -985.0 + 0.7 * site.grain, hole)
    return Lesion(hu=mix(hu, -250.0 + site.grain, 0.6 * wall), abnormal=hole > 0.5)


def pleural_lens(site: Site, rng: Generator) -> Lesion:
    """A flat swelling that bulges from the pleura: plaque, loculated fluid or tumour."""
    thickness = rng.uniform(0.2, 0.5) * site.radius_mm
    bow = 1.0 - (_from_centre_mm(site) / site.radius_mm) ** 2
    lens = smoothstep(thickness * bow - site.depth_mm, -0.8, 0.8)
    return Lesion(hu=mix(site.hu, rng.uniform(0.0, 80.0) + site.grain, lens), abnormal=lens > 0.5)


def lipoid_pneumonia(site: Site, rng: Generator) -> Lesion:
    """Consolidation that holds fat: -150 to -30 HU (Betancourt et al. 2010)."""
    shape = blob(site, rng, roughness=0.35, edge_mm=3.0)
    target = rng.uniform(-150.0, -30.0) + site.grain + 20.0 * smooth_noise(site, 8.0, rng)
    return Lesion(hu=mix(site.hu, target, shape), abnormal=shape > 0.5)


UNTAUGHT: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family(name="reversed halo", paint=reversed_halo, radius_mm=(10, 25)),
            Family(name="infarct", paint=infarct, radius_mm=(10, 30), places=(Place.PLEURA,)),
            Family(name="miliary", paint=miliary, radius_mm=(15, 50)),
            Family(name="galaxy", paint=galaxy, radius_mm=(10, 30)),
            Family(name="thin-walled cysts", paint=thin_walled_cysts, radius_mm=(15, 45)),
            Family(
                name="pleural lens", paint=pleural_lens, radius_mm=(12, 40), places=(Place.PLEURA,)
            ),
            Family(name="lipoid pneumonia", paint=lipoid_pneumonia, radius_mm=(10, 40)),
        )
    }
)
"""Never among `FAMILIES`: kept for judging, whatever a training leaves out."""


def _from_centre_mm(site: Site) -> Field:
    z, y, x = site.offsets_mm
    return np.asarray(np.sqrt(z * z + y * y + x * x), np.float32)


def _count(site: Site, per_mm3: float) -> int:
    """How many balls give a density over the site's own ball."""
    return int(np.clip(per_mm3 * 4.2 * site.radius_mm**3, 4, 4000))


def _grains(site: Site, depth_mm: Field, rng: Generator) -> Lesion:
    """Balls of soft tissue, so small that half filled voxels count."""
    share = smoothstep(depth_mm, -0.6, 0.6)
    target = rng.uniform(-40.0, 60.0) + site.grain
    return Lesion(hu=mix(site.hu, target, share), abnormal=share > 0.2)
