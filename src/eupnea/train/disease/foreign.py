"""What has no name: textures that are not lung, so that normal is learnt, not a list.

A network that has only seen named diseases learns to know those. These two
families fill the space between and beyond them with anything that differs
from normal lung (compare NormNet, arXiv 2009.06456).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy import ndimage

from eupnea.train.disease.fields import blob, mix, smooth_noise, smoothstep
from eupnea.train.disease.site import Field, Lesion, Site


def strange_texture(site: Site, rng: Generator) -> Lesion:
    """A texture of random density, contrast and grain, blended in at random strength."""
    shape = _any_shape(site, rng)
    level = rng.uniform(-700.0, 100.0)
    texture = level + site.grain
    for _ in range(int(rng.integers(1, 4))):
        scale = np.exp(rng.uniform(np.log(1.5), np.log(20.0)))
        texture = texture + rng.uniform(10.0, 250.0) * smooth_noise(site, scale, rng)
    share = shape * rng.uniform(0.5, 1.0)
    hu = mix(site.hu, np.clip(texture, -1010.0, 300.0).astype(np.float32), share)
    return Lesion(hu=hu, abnormal=shape > 0.5)


def transplant(site: Site, rng: Generator) -> Lesion:
    """The same lung with its contrast stretched, inverted or its density shifted in place."""
    shape = _any_shape(site, rng)
    middle = ndimage.gaussian_filter(site.hu, [rng.uniform(1, 4) / s for s in site.spacing_mm])
    detail = site.hu - middle
    gain = rng.choice([-1.0, 2.0, 3.0])
    shift = rng.choice([-1.0, 1.0]) * rng.uniform(60.0, 160.0)
    hu = np.clip(middle + gain * detail + shift * site.air, -1015.0, 300.0).astype(np.float32)
    return Lesion(hu=mix(site.hu, hu, shape), abnormal=shape > 0.5)


def _any_shape(site: Site, rng: Generator) -> Field:
    """A blob, or a blob broken into patches."""
    shape = blob(site, rng, roughness=rng.uniform(0.0, 0.6), edge_mm=rng.uniform(1.0, 6.0))
    if rng.random() < 0.4:
        patches = smooth_noise(site, rng.uniform(5.0, 20.0), rng)
        shape = shape * smoothstep(patches, -0.4, 0.2)
    return shape
