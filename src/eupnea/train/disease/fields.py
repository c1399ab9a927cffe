"""Random shapes and textures that disease is built of; all seeded by their generator."""

from __future__ import annotations

import edt
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.train.disease.site import Field, Site


def smoothstep(values: Field, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, a cubic ramp between."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def mix(below: Field, above: Field, share: Field) -> Field:
    """`above` laid over `below` with the given share, voxel by voxel."""
    return np.asarray(below + share * (above - below), dtype=np.float32)


def smooth_noise(site: Site, scale_mm: float, rng: Generator) -> Field:
    """Noise of zero mean and unit deviation whose grains measure about `scale_mm`.

    Drawn on a grid of half that size and interpolated, so that coarse noise is cheap.
    """
    steps = [max(1.0, 0.5 * scale_mm / step) for step in site.spacing_mm]
    coarse_shape = [int(np.ceil(n / step)) + 3 for n, step in zip(site.shape, steps, strict=True)]
    coarse = rng.standard_normal(coarse_shape).astype(np.float32)
    sigma = [
        0.5 * scale_mm / (spacing * step)
        for spacing, step in zip(site.spacing_mm, steps, strict=True)
    ]
    coarse = ndimage.gaussian_filter(coarse, sigma, mode="wrap")
    fine = ndimage.affine_transform(
        coarse,
        [1 / step for step in steps],
        offset=rng.uniform(0, 1, 3),
        output_shape=site.shape,
        order=1,
        mode="nearest",
    )
    return np.asarray((fine - fine.mean()) / (fine.std() + 1e-6), dtype=np.float32)


def blob(site: Site, rng: Generator, *, roughness: float = 0.3, edge_mm: float = 1.5) -> Field:
    """A soft, irregular ball around the site's centre: 1 inside, 0 outside.

    Args:
        site: Gives centre and radius.
        rng: The generator.
        roughness: Size of the bays and bulges, as a share of the radius.
        edge_mm: Width of the border, which stands for partial volume.
    """
    stretch = np.exp(rng.uniform(-0.35, 0.35, 3)).astype(np.float32)
    stretch /= float(np.prod(stretch)) ** (1 / 3)
    z, y, x = (offset / s for offset, s in zip(site.offsets_mm, stretch, strict=True))
    inside_mm = site.radius_mm - np.sqrt(z * z + y * y + x * x)
    if roughness > 0:
        bays = smooth_noise(site, max(0.8 * site.radius_mm, 3.0), rng)
        inside_mm = inside_mm + roughness * site.radius_mm * bays
    return smoothstep(inside_mm, -edge_mm / 2, edge_mm / 2)


def septa(site: Site, cell_mm: float, width_mm: float, rng: Generator) -> Field:
    """Thin walls that part the site into cells: 1 on a wall, 0 between.

    Walls are the zero surfaces of two smooth noises; their width follows from
    the noise's own slope.
    """
    walls = np.zeros(site.shape, np.float32)
    for _ in range(2):
        noise = smooth_noise(site, cell_mm, rng)
        slope = (
            np.sqrt(sum(np.square(g) for g in np.gradient(noise, *site.spacing_mm))) + 0.3 / cell_mm
        )
        distance = np.abs(noise) / slope
        walls = np.maximum(walls, 1.0 - smoothstep(distance, 0.3 * width_mm, 0.8 * width_mm))
    return walls


def tube_distance(
    site: Site, rng: Generator, *, count: int, reach_mm: float, parallel: bool = False
) -> Field:
    """Distance in mm of every voxel from the axes of randomly bent tubes.

    Args:
        site: Tubes start within its radius.
        rng: The generator.
        count: Number of tubes.
        reach_mm: Length of each.
        parallel: Whether the tubes run side by side, as bronchi of one segment do.
    """
    axes = np.ones(site.shape, dtype=bool)
    spacing = np.array(site.spacing_mm)
    common = rng.standard_normal(3)
    for _ in range(count):
        heading = (common if parallel else 0.0) + rng.standard_normal(3) * (0.3 if parallel else 1)
        axes[_walk(site, rng, heading, int(reach_mm), spacing)] = False
    return np.asarray(edt.edt(axes, anisotropy=site.spacing_mm), dtype=np.float32)


def _walk(
    site: Site,
    rng: Generator,
    heading: NDArray[np.float64],
    steps: int,
    spacing: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Voxels on a bent line of `steps` mm that starts within the site's radius."""
    start = np.array(site.centre) * spacing + rng.standard_normal(3) * site.radius_mm * 0.45
    turns = heading / np.linalg.norm(heading) + np.cumsum(0.12 * rng.standard_normal((steps, 3)), 0)
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    path = start + np.cumsum(turns, axis=0)
    index = np.clip(np.rint(path / spacing), 0, np.array(site.shape) - 1).astype(np.intp)
    return index[:, 0], index[:, 1], index[:, 2]


def balls(
    site: Site, rng: Generator, *, count: int, radius_mm: tuple[float, float], where: Field
) -> Field:
    """Signed depth in mm below the surface of scattered balls; negative outside them all.

    Args:
        site: The box.
        rng: The generator.
        count: Number of balls.
        radius_mm: Smallest and largest radius.
        where: Centres are drawn where this field exceeds 0.5.
    """
    depth = np.full(site.shape, -np.inf, np.float32)
    places = np.flatnonzero(where > 0.5)
    if places.size == 0:
        return depth
    for place in rng.choice(places, count):
        centre = np.unravel_index(place, site.shape)
        radius = rng.uniform(*radius_mm)
        _stamp(depth, centre, radius, site.spacing_mm)
    return depth


def _stamp(
    depth: Field, centre: tuple[np.intp, ...], radius: float, spacing: tuple[float, float, float]
) -> None:
    """Raises `depth` to that of one ball, in the ball's own small box."""
    box, grids = [], []
    for axis, (c, step) in enumerate(zip(centre, spacing, strict=True)):
        reach = int(np.ceil((radius + 2.0) / step))
        low, high = max(int(c) - reach, 0), min(int(c) + reach + 1, depth.shape[axis])
        box.append(slice(low, high))
        grids.append((np.arange(low, high, dtype=np.float32) - c) * step)
    z, y, x = np.ix_(*grids)
    own = radius - np.sqrt(z * z + y * y + x * x)
    part = depth[tuple(box)]
    np.maximum(part, own, out=part)
