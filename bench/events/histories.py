"""What befalls the regions of a pair, drawn by chance.

A *story* is one or more foci with their sizes in both scans. Foci that touch in
a scan are one region there; that is how regions merge and split.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import edt
import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.phantom.lesion import Outline
from eupnea.phantom.plan import LesionKind, LesionPlan

Points = NDArray[np.float64]
Centres = list[NDArray[np.float64]]

DENSITIES_HU = (-600.0, -450.0, -100.0, 0.0, -990.0)
"""Ground glass, denser ground glass, consolidation, tumour, and lung destroyed."""
GAP_MM = 6.0
"""Least distance between the regions of two stories."""

BRIDGE_STEP_MM = 1.5
"""Between the balls of a bridge."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Focus:
    """A rough solid in the first scan's space, with its size in both scans."""

    outline: Outline
    centre_mm: Points
    before_mm: float
    """Mean radius; 0 where it is absent."""
    after_mm: float
    follows_breath: bool
    """Whether it grows and shrinks with the lung around it, as ground glass does."""
    density_hu: float
    is_bridge: bool = False
    """Whether it is no more than a thin bridge between two others."""

    def near(self, points_mm: Points, radius_mm: float) -> NDArray[np.intp]:
        """Which of points (n, 3) of the first scan's space can lie in it or at its edge."""
        if radius_mm == 0:
            return np.empty(0, np.intp)
        reach = 1.8 * radius_mm + 6
        inside = np.abs(points_mm[:, 2] - self.centre_mm[2]) < reach
        for axis in (1, 0):
            inside &= np.abs(points_mm[:, axis] - self.centre_mm[axis]) < reach
        return np.flatnonzero(inside)

    def depth(self, points_mm: Points, radius_mm: float, scale: float) -> NDArray[np.float32]:
        """How deep inside it points (n, 3) of the first scan's space lie, in mm."""
        offset = (points_mm - self.centre_mm) / scale
        return -self.outline.signed_distance(offset, radius_mm)


@dataclass(frozen=True, kw_only=True)
class Story:
    """One kind of history."""

    name: str
    centres: Callable[[float, np.random.Generator], Centres]
    """Of its foci, around the first, for a radius."""
    before: float
    """Radius of each focus before, as a share of the story's radius."""
    after: float
    radius_mm: tuple[float, float]
    bridge: tuple[float, float] = (0.0, 0.0)
    """Radius in mm, before and after, of a bridge from the first focus to the second."""


def _one(_radius: float, _rng: np.random.Generator) -> Centres:
    return [np.zeros(3)]


def _two(radius: float, rng: np.random.Generator) -> Centres:
    """Close enough to touch when large, and apart when small."""
    return [np.zeros(3), 1.5 * radius * _direction(rng)]


def _three(radius: float, rng: np.random.Generator) -> Centres:
    along, across = _direction(rng), _direction(rng)
    across -= across @ along * along
    across /= np.linalg.norm(across)
    return [np.zeros(3), 1.5 * radius * along, 1.5 * radius * (0.5 * along + 0.866 * across)]


def _neighbours(radius: float, rng: np.random.Generator) -> Centres:
    """Never touching, some 6 mm apart."""
    return [np.zeros(3), (2.5 * radius + 6.0) * _direction(rng)]


def _apart(radius: float, rng: np.random.Generator) -> Centres:
    """With a gap of some millimetres."""
    return [np.zeros(3), 2.5 * radius * _direction(rng)]


def _chain(radius: float, rng: np.random.Generator) -> Centres:
    """Diffuse disease: six overlapping foci in a random walk."""
    places = [np.zeros(3)]
    for _ in range(5):
        places.append(places[-1] + 1.1 * radius * _direction(rng))
    return places


def _direction(rng: np.random.Generator) -> Points:
    step = rng.normal(size=3)
    return np.asarray(step / np.linalg.norm(step))


STORIES = (
    Story(name="new", centres=_one, before=0, after=1, radius_mm=(5, 16)),
    Story(name="resolved", centres=_one, before=1, after=0, radius_mm=(5, 16)),
    Story(name="grown", centres=_one, before=0.8, after=1, radius_mm=(6, 18)),
    Story(name="shrunk", centres=_one, before=1, after=0.8, radius_mm=(6, 18)),
    Story(name="stable", centres=_one, before=1, after=1, radius_mm=(5, 18)),
    Story(name="merged", centres=_two, before=0.55, after=1, radius_mm=(9, 16)),
    Story(name="split", centres=_two, before=1, after=0.55, radius_mm=(9, 16)),
    Story(name="merged of three", centres=_three, before=0.55, after=1, radius_mm=(9, 14)),
    Story(name="split in three", centres=_three, before=1, after=0.55, radius_mm=(9, 14)),
    Story(name="neighbours", centres=_neighbours, before=1, after=1, radius_mm=(5, 10)),
    Story(
        name="bridge came", centres=_apart, before=1, after=1, radius_mm=(6, 12), bridge=(0, 2.2)
    ),
    Story(
        name="bridge went", centres=_apart, before=1, after=1, radius_mm=(6, 12), bridge=(2.2, 0)
    ),
    Story(name="diffuse", centres=_chain, before=1, after=1, radius_mm=(9, 14)),
    Story(name="diffuse grown", centres=_chain, before=0.85, after=1, radius_mm=(9, 14)),
)
NAMED = {story.name: story for story in STORIES}
REPEATED = ("stable", "neighbours", "diffuse", "bridge came", "bridge went")
"""Stories in which nothing happens."""


def draw_foci(roi: Mask, rng: np.random.Generator, *, repeat: bool) -> tuple[Focus, ...]:
    """Some ten stories in free places of the lungs; in a repeat scan none with a change."""
    names = list(REPEATED) * 2 if repeat else [story.name for story in STORIES]
    depth = _depth(roi)
    taken: list[tuple[Points, float]] = []
    foci: list[Focus] = []
    for name in rng.permutation(np.array(names, dtype=object)):
        foci += _place(NAMED[name], roi, depth, taken, rng)
    return tuple(foci)


def _place(
    story: Story,
    roi: Mask,
    depth: NDArray[np.float32],
    taken: list[tuple[Points, float]],
    rng: np.random.Generator,
) -> list[Focus]:
    """The story at the first free place among forty; none if there is no room."""
    radius = float(rng.uniform(*story.radius_mm))
    follows = bool(rng.random() < 0.5)
    density = float(rng.choice(DENSITIES_HU))
    deep = np.flatnonzero(depth > 0.7 * radius)
    for pick in rng.choice(deep, 40) if deep.size else ():
        start = roi.geometry.to_mm(np.unravel_index(pick, depth.shape))
        centres = [start + step for step in story.centres(radius, rng)]
        if all(_is_free(centre, radius, roi, depth, taken) for centre in centres):
            taken += [(centre, radius) for centre in centres]
            foci = [_focus(story, c, radius, density, rng, follows=follows) for c in centres]
            return [*foci, *_bridge(story, foci)]
    return []


def _bridge(story: Story, foci: list[Focus]) -> list[Focus]:
    """A row of small balls from the first focus to the second, so close that they are one."""
    if not any(story.bridge):
        return []
    start, goal = foci[0].centre_mm, foci[1].centre_mm
    count = int(np.linalg.norm(goal - start) / BRIDGE_STEP_MM)
    return [
        replace(
            foci[0],
            outline=_ball(max(story.bridge)),
            centre_mm=start + share * (goal - start),
            before_mm=story.bridge[0],
            after_mm=story.bridge[1],
            is_bridge=True,
        )
        for share in (np.arange(count) + 0.5) / count
    ]


def _ball(radius_mm: float) -> Outline:
    """An outline without any roughness."""
    plan = LesionPlan(kind=LesionKind.NODULE, centre_mm=(0.0, 0.0, 0.0), radius_mm=(radius_mm,))
    flat = np.zeros(1)
    return Outline(plan=plan, stretch=np.ones(3), vectors=np.zeros((1, 3)), phases=flat, sizes=flat)


def _is_free(
    centre: Points,
    radius: float,
    roi: Mask,
    depth: NDArray[np.float32],
    taken: list[tuple[Points, float]],
) -> bool:
    k, j, i = np.round(roi.geometry.to_index(centre)).astype(int)
    inside = all(0 <= n < size for n, size in zip((k, j, i), depth.shape, strict=True))
    return (
        inside
        and bool(depth[k, j, i] > 0.7 * radius)
        and all(
            np.linalg.norm(centre - other) > 1.3 * (radius + size) + GAP_MM for other, size in taken
        )
    )


def _focus(
    story: Story,
    centre: Points,
    radius: float,
    density: float,
    rng: np.random.Generator,
    *,
    follows: bool,
) -> Focus:
    x, y, z = (float(value) for value in centre)
    plan = LesionPlan(kind=LesionKind.NODULE, centre_mm=(x, y, z), radius_mm=(radius,))
    return Focus(
        outline=Outline.draw(plan, rng),
        centre_mm=np.asarray(centre),
        before_mm=story.before * radius,
        after_mm=story.after * radius,
        follows_breath=follows,
        density_hu=density,
    )


def _depth(roi: Mask) -> NDArray[np.float32]:
    """Distance to the surface of the lungs, in mm."""
    inside = np.ascontiguousarray(roi.voxels).copy()
    return np.asarray(edt.edt(inside, anisotropy=roi.geometry.spacing_mm, black_border=True))
