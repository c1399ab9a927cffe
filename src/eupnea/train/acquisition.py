"""Other ways to have scanned the same lung: breath, kernel, dose, thickness, couch."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

Planes = NDArray[np.float32]
"""Neighbouring slices (slices, rows, columns), HU."""


def breathe(hu: NDArray[np.int16], lung: NDArray[np.bool_], rng: Generator) -> NDArray[np.int16]:
    """The same lung at another breath: air denser or thinner, denser towards the back.

    The mean of the aerated lung is brought to a level between -915 and -640
    HU. Its tissue grows from front to back by a factor of up to 2.5, which is
    what gravity does to a lung near its resting volume (now and then from back
    to front: a patient who lies prone). Vessels keep their density.
    """
    where = np.nonzero(lung)
    inside = hu[where].astype(np.float32)
    tissue = inside + 1024.0
    wanted = 1024.0 + np.clip(rng.normal(-805.0, 80.0), -915.0, -640.0)
    change = np.clip(wanted / tissue[inside < -500].mean(), 0.45, 2.2)
    air = np.clip((-inside - 300.0) / 300.0, 0.0, 1.0)
    tissue *= 1.0 + air * (change * _gravity(where[1], rng) - 1.0)
    breathed = hu.copy()
    breathed[where] = np.clip(np.rint(tissue - 1024.0), -1024, 1500)
    return breathed


def _gravity(rows: NDArray[np.intp], rng: Generator) -> NDArray[np.float32]:
    """How much denser than their mean the rows are, given as many rows as voxels."""
    depth = (rows - rows.min()) / np.float32(max(int(np.ptp(rows)), 1))
    if rng.random() < 0.1:
        depth = 1.0 - depth
    bent = depth ** rng.uniform(1.0, 2.5)
    return np.asarray(np.exp(rng.uniform(-0.05, 0.9) * (bent - bent.mean())), dtype=np.float32)


def enhance(hu: NDArray[np.int16], rng: Generator) -> NDArray[np.int16]:
    """The same chest with contrast medium at another phase, or with none.

    Soft tissue is raised by up to some 250 HU, by patches of a few centimetres
    as chambers, vessels and muscle take up the medium; fat and air are not.
    """
    patches = rng.random([max(3, size // 24) for size in hu.shape]).astype(np.float32)
    peak = np.float32(rng.uniform(20.0, 250.0))
    raised = np.clip(peak * (1.6 * patches - 0.6), -25.0, None)
    ratio = [size / part for size, part in zip(hu.shape, patches.shape, strict=True)]
    enhanced = hu.copy()
    for k in range(hu.shape[0]):
        plane = ndimage.affine_transform(
            plane_between(raised, k / ratio[0]),
            1.0 / np.array(ratio[1:]),
            output_shape=hu.shape[1:],
            order=1,
            mode="nearest",
        )
        soft = np.clip((hu[k].astype(np.float32) + 70.0) / 100.0, 0.0, 1.0)
        enhanced[k] = np.clip(np.rint(hu[k] + soft * plane), -1024, 1500)
    return enhanced


def plane_between(volume: NDArray[np.generic], height: float) -> Planes:
    """One plane between two slices, by linear interpolation; the ends repeat."""
    low, high, share = neighbours(volume.shape[0], height)
    return np.asarray(volume[low] * (1 - share) + volume[high] * share, dtype=np.float32)


def neighbours(slices: int, height: float) -> tuple[int, int, np.float32]:
    """The slices below and above a height, and the share of the upper one."""
    low = int(np.clip(np.floor(height), 0, slices - 1))
    return low, min(low + 1, slices - 1), np.float32(np.clip(height - low, 0.0, 1.0))


def rescan(planes: Planes, rng: Generator) -> Planes:
    """The same planes by another kernel, at another dose, on another couch."""
    out = surroundings(planes, rng)
    kind = rng.random()
    if kind < 0.3:
        out = _in_plane(out, rng.uniform(0.3, 0.9))
    elif kind < 0.6:
        out = out + rng.uniform(0.3, 1.4) * (out - _in_plane(out, rng.uniform(0.6, 1.0)))
    if rng.random() < 0.7:
        out = out + _noise(out.shape, rng)
    return np.asarray(out + rng.normal(0.0, 8.0), dtype=np.float32)


def blur_motion(planes: Planes, rng: Generator) -> Planes:
    """The double contours of a heart or diaphragm that moved: the planes, averaged with a shift."""
    shift = rng.uniform(-2.0, 2.0, 2)
    moved = ndimage.shift(planes, (0.0, *shift), order=1, mode="nearest")
    return np.asarray(0.5 * (planes + moved), dtype=np.float32)


def _noise(shape: tuple[int, ...], rng: Generator) -> Planes:
    """Grains as a kernel leaves them: 3 to 45 HU, a bit wider than a pixel."""
    amplitude = float(np.exp(rng.uniform(np.log(3.0), np.log(45.0))))
    noise = _in_plane(rng.standard_normal(shape).astype(np.float32), rng.uniform(0.0, 0.8))
    return amplitude * noise / float(noise.std())


def surroundings(planes: Planes, rng: Generator) -> Planes:
    """Air that is not exactly -1024 HU outside the body, and a couch."""
    outside = planes <= -1020.0
    out = planes
    if rng.random() < 0.6:
        air = -1000.0 + rng.uniform(2.0, 25.0) * rng.standard_normal(planes.shape)
        out = np.where(outside, np.maximum(air, -1024.0), out).astype(np.float32)
    if rng.random() < 0.35:
        out = np.where(outside, _couch(out, rng), out)
    return np.asarray(out, dtype=np.float32)


def _couch(planes: Planes, rng: Generator) -> Planes:
    """A curved board near the lower edge, or two with foam between, as thin as lung."""
    _, rows, columns = planes.shape
    y, x = np.ogrid[:rows, :columns]
    depth = y - rng.uniform(0.6, 1.0) * rows + rng.uniform(0.0, 0.003) * (x - columns / 2) ** 2
    board, height = rng.uniform(0.5, 2.0), rng.uniform(8.0, 40.0)
    out = planes
    if rng.random() < 0.7:
        foam = rng.uniform(-990.0, -780.0) + rng.uniform(3.0, 30.0) * rng.standard_normal(
            planes.shape
        )
        out = np.where((depth > 0) & (depth < height), foam, out)
    boards = (np.abs(depth) < board) | (np.abs(depth - height) < board)
    return np.where(boards, rng.uniform(-800.0, 0.0), out).astype(np.float32)


def _in_plane(planes: Planes, sigma: float) -> Planes:
    return np.asarray(ndimage.gaussian_filter(planes, (0.0, sigma, sigma)), dtype=np.float32)
