"""What has no name: matter and structures that are not lung, so that normal is learnt, not a list.

A network that has only seen named diseases learns to know those. These three
families fill the space between and beyond them with anything that differs
from normal lung (compare NormNet, arXiv 2009.06456).
"""

from __future__ import annotations

from collections.abc import Callable

import edt
import numpy as np
from numpy.random import Generator
from scipy import ndimage

from eupnea.train.disease.fields import (
    balls,
    blob,
    mix,
    septa,
    smooth_noise,
    smoothstep,
    tube_distance,
)
from eupnea.train.disease.site import Field, Lesion, Site

HALO_MM = 2.5
"""Around small parts, what lies between them is no longer normal either."""


def strange_texture(site: Site, rng: Generator) -> Lesion:
    """Matter of any density, even or grained, in place of lung or mixed with it."""
    shape = any_shape(site, rng)
    texture = _any_density(rng) + site.grain
    for _ in range(int(rng.integers(0, 4))):
        scale = np.exp(rng.uniform(np.log(1.5), np.log(20.0)))
        contrast = np.exp(rng.uniform(np.log(5.0), np.log(250.0)))
        texture = texture + contrast * smooth_noise(site, scale, rng)
    share = shape * rng.choice([1.0, rng.uniform(0.4, 1.0)])
    hu = mix(site.hu, np.clip(texture, -1010.0, 300.0).astype(np.float32), share)
    return Lesion(hu=hu, abnormal=shape > 0.5)


def strange_structure(site: Site, rng: Generator) -> Lesion:
    """Dots, strands, walls or shells of any width and density, scattered over a place.

    The truth reaches `HALO_MM` beyond them.
    """
    place = blob(site, rng, roughness=0.4, edge_mm=3.0) * site.lung
    share = _STRUCTURES[int(rng.integers(len(_STRUCTURES)))](site, rng) * place
    hu = mix(site.hu, _any_density(rng) + site.grain, share * rng.uniform(0.5, 1.0))
    near = edt.edt(share < 0.35, anisotropy=site.spacing_mm) <= HALO_MM
    return Lesion(hu=hu, abnormal=near)


def transplant(site: Site, rng: Generator) -> Lesion:
    """The same lung with its contrast stretched, inverted or its density shifted in place."""
    shape = any_shape(site, rng)
    middle = ndimage.gaussian_filter(site.hu, [rng.uniform(1, 4) / s for s in site.spacing_mm])
    detail = site.hu - middle
    gain = rng.choice([-1.0, 2.0, 3.0])
    shift = rng.choice([-1.0, 1.0]) * rng.uniform(60.0, 160.0)
    hu = np.clip(middle + gain * detail + shift * site.air, -1015.0, 300.0).astype(np.float32)
    return Lesion(hu=mix(site.hu, hu, shape), abnormal=shape > 0.5)


def _any_density(rng: Generator) -> np.float32:
    """As dense as tissue and fluid, as thin as holes, or anything between."""
    between = ((-120.0, 130.0), (-120.0, 130.0), (-750.0, -120.0), (-750.0, -120.0), (-1010, -945))
    return np.float32(rng.uniform(*between[int(rng.integers(len(between)))]))


def any_shape(site: Site, rng: Generator) -> Field:
    """A blob: whole, broken into patches, pressed against the pleura, or cut by a plane."""
    shape = blob(site, rng, roughness=rng.uniform(0.0, 0.6), edge_mm=rng.uniform(1.0, 6.0))
    kind = rng.random()
    if kind < 0.25:
        patches = smooth_noise(site, rng.uniform(5.0, 20.0), rng)
        return shape * smoothstep(patches, -0.4, 0.2)
    if kind < 0.4:
        reach = rng.uniform(0.2, 0.8) * site.radius_mm
        return shape * smoothstep(reach - site.depth_mm, -1.0, 1.5)
    if kind < 0.55:
        toward = rng.standard_normal(3)
        z, y, x = (toward / np.linalg.norm(toward)).astype(np.float32)
        up_mm, back_mm, side_mm = site.offsets_mm
        beyond = z * up_mm + y * back_mm + x * side_mm
        cut = np.float32(rng.uniform(-0.5, 0.3) * site.radius_mm)
        return shape * smoothstep(beyond - cut, -1.0, 1.0)
    return shape


def _dots(site: Site, rng: Generator) -> Field:
    """Balls of 1 to 8 mm."""
    count = int(np.clip(0.02 * site.radius_mm**3, 20, 800) * rng.uniform(0.3, 1.5))
    widest = np.exp(rng.uniform(np.log(1.2), np.log(4.0)))
    depth = balls(
        site, rng, count=count, radius_mm=(0.8, widest), where=site.lung.astype(np.float32)
    )
    return smoothstep(depth, -0.6, 0.6)


def _strands(site: Site, rng: Generator) -> Field:
    """Bent threads of 1 to 6 mm."""
    away = _any_tubes(site, rng)
    width = np.exp(rng.uniform(np.log(0.5), np.log(3.0)))
    return 1.0 - smoothstep(away, width - 0.6, width + 0.6)


def _shells(site: Site, rng: Generator) -> Field:
    """Walls around threads, which keep what was inside."""
    away = _any_tubes(site, rng)
    middle, half = rng.uniform(2.0, 6.0), rng.uniform(0.6, 1.5)
    return 1.0 - smoothstep(np.abs(away - middle), half - 0.6, half + 0.6)


def _walls(site: Site, rng: Generator) -> Field:
    """Sheets that part the place into cells."""
    return septa(site, rng.uniform(4.0, 14.0), rng.uniform(1.2, 3.0), rng)


def _any_tubes(site: Site, rng: Generator) -> Field:
    count = int(np.clip(site.radius_mm / 4.0, 2, 12))
    side_by_side = bool(rng.random() < 0.4)
    reach = rng.uniform(0.8, 1.8) * site.radius_mm
    return tube_distance(site, rng, count=count, reach_mm=reach, parallel=side_by_side)


_STRUCTURES: tuple[Callable[[Site, Generator], Field], ...] = (
    _dots,
    _strands,
    _shells,
    _walls,
)
