"""Patients drawn by chance: what befalls them, and how they are scanned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.build import ANATOMY, PLACES, PLAN, build, chance
from eupnea.phantom.patient import Patient
from eupnea.phantom.plan import (
    FIRST_SCAN,
    Kernel,
    LesionKind,
    LesionPlan,
    PatientPlan,
    ScanPlan,
    chest_grid,
    small_grid,
)

Points = NDArray[np.float64]
Radii = tuple[float, ...]

SMALL_DETAIL = 0.25
"""Share of the branches that a small grid can show."""
STORIES = 7
"""How many lesions, pairs counted as one, a patient has."""
GAP_MM = 16.0
"""Least distance between lesions that never touch."""

SIZES_MM = {
    LesionKind.GROUND_GLASS: (14.0, 24.0),
    LesionKind.CONSOLIDATION: (12.0, 20.0),
    LesionKind.NODULE: (7.0, 12.0),
    LesionKind.PART_SOLID: (10.0, 14.0),
    LesionKind.CAVITY: (11.0, 16.0),
    LesionKind.RETICULATION: (14.0, 22.0),
    LesionKind.BULLA: (9.0, 16.0),
    LesionKind.PLEURAL: (12.0, 20.0),
}
"""Range of the largest radius of each kind."""


def make_patient(*, seed: int, small: bool = False, scans: int = 3) -> Patient:
    """A patient drawn by chance; the same arguments give the same bytes.

    Args:
        seed: Any number; another number is another patient.
        small: On a coarse grid (96 x 128 x 128), made in seconds; otherwise
            300 x 512 x 512, about a minute per scan.
        scans: How many, some weeks apart.

    Examples:
        >>> patient = make_patient(seed=1, small=True, scans=1)
        >>> patient.scans[0].scan.hu.shape
        (96, 128, 128)
    """
    return build(draw_plan(seed=seed, small=small, scans=scans))


def draw_plan(*, seed: int, small: bool = False, scans: int = 3) -> PatientPlan:
    """The plan that `make_patient` renders; change it with `dataclasses.replace`."""
    rng = chance(seed, PLAN)
    return PatientPlan(
        seed=seed,
        scans=_scans(scans, rng),
        lesions=_lesions(Anatomy.draw(chance(seed, ANATOMY)), scans, rng),
        grid=small_grid() if small else chest_grid(),
        detail=SMALL_DETAIL if small else 1.0,
    )


def repeat_plan(*, seed: int, small: bool = False) -> PatientPlan:
    """The same patient twice within an hour: new noise, another breath, nothing else."""
    plan = draw_plan(seed=seed, small=small, scans=2)
    first = plan.scans[0]
    again = ScanPlan(
        acquired_at=first.acquired_at + timedelta(minutes=40),
        breath=first.breath * 0.97,
        deformation_mm=2.0,
        shift_mm=(3.0, -2.0, 4.0),
        kernel=first.kernel,
        noise_hu=first.noise_hu,
    )
    lesions = tuple(
        LesionPlan(
            kind=lesion.kind,
            centre_mm=lesion.centre_mm,
            radius_mm=(max(lesion.radius_mm),) * 2,
            roughness=lesion.roughness,
        )
        for lesion in plan.lesions
    )
    return PatientPlan(
        seed=seed, scans=(first, again), lesions=lesions, grid=plan.grid, detail=plan.detail
    )


def lung_points(*, seed: int, count: int, depth_mm: float = 0.0) -> Points:
    """Places (count, 3) for lesions in the lungs of the patient of this seed.

    Args:
        seed: The patient's.
        count: How many; drawn evenly from both lungs.
        depth_mm: Least distance, roughly, from the lungs' surface.

    Returns:
        LPS mm, in the patient's reference space, as `LesionPlan` wants them.
    """
    rng = chance(seed, PLACES)
    anatomy = Anatomy.draw(chance(seed, ANATOMY))
    return anatomy.points(count=count, depth_mm=depth_mm, rng=rng)


def _scans(count: int, rng: np.random.Generator) -> tuple[ScanPlan, ...]:
    days = np.cumsum(np.concatenate([[0], rng.integers(25, 110, size=count - 1)]))
    return tuple(
        ScanPlan(
            acquired_at=FIRST_SCAN + timedelta(days=int(day), minutes=int(rng.integers(0, 300))),
            breath=float(rng.uniform(0.92, 1.05)),
            deformation_mm=float(rng.uniform(3, 8)),
            shift_mm=tuple(rng.uniform(-6, 6, size=3)),
            kernel=Kernel.SOFT,
            noise_hu=float(rng.uniform(18, 28)),
        )
        for day in days
    )


@dataclass(frozen=True, kw_only=True)
class _Focus:
    """One focus of a story: sizes over time, as shares, and its distance to the first."""

    shares: Radii
    away: float = 0.0
    """In units of the story's radius."""


def _appears(scans: int, start: int) -> list[_Focus]:
    return [_Focus(shares=tuple(0.0 if n < start else 1.0 for n in range(scans)))]


def _resolves(scans: int, start: int) -> list[_Focus]:
    return [_Focus(shares=tuple(1.0 if n < start else 0.0 for n in range(scans)))]


def _grows(scans: int, start: int) -> list[_Focus]:
    return [_Focus(shares=tuple(0.72 if n < start else 1.0 for n in range(scans)))]


def _shrinks(scans: int, start: int) -> list[_Focus]:
    return [_Focus(shares=tuple(1.0 if n < start else 0.72 for n in range(scans)))]


def _stays(scans: int, _start: int) -> list[_Focus]:
    return [_Focus(shares=(1.0,) * scans)]


def _merges(scans: int, start: int) -> list[_Focus]:
    shares = tuple(0.6 if n < start else 1.0 for n in range(scans))
    return [_Focus(shares=shares), _Focus(shares=shares, away=1.55)]


def _splits(scans: int, start: int) -> list[_Focus]:
    shares = tuple(1.0 if n < start else 0.6 for n in range(scans))
    return [_Focus(shares=shares), _Focus(shares=shares, away=1.55)]


STORY = (_appears, _resolves, _grows, _shrinks, _stays, _merges, _splits)
"""What can befall a lesion; each patient gets every one."""

Story = Callable[[int, int], list[_Focus]]


def _lesions(anatomy: Anatomy, scans: int, rng: np.random.Generator) -> tuple[LesionPlan, ...]:
    kinds = list(rng.permutation(np.array(list(LesionKind), dtype=object)))
    lesions: list[LesionPlan] = []
    for story, kind in zip(rng.permutation(np.array(STORY, dtype=object)), kinds, strict=False):
        start = int(rng.integers(1, scans)) if scans > 1 else 1
        chosen = _mergeable(kind) if story in {_merges, _splits} else kind
        lesions += _place(anatomy, chosen, story(scans, start), lesions, rng)
    return tuple(lesions)


def _mergeable(kind: LesionKind) -> LesionKind:
    """Kinds of which two can become one; a bulla or a cavity keeps its wall."""
    lone = {LesionKind.BULLA, LesionKind.CAVITY, LesionKind.PLEURAL, LesionKind.NODULE}
    return LesionKind.GROUND_GLASS if kind in lone else kind


def _place(
    anatomy: Anatomy,
    kind: LesionKind,
    foci: Sequence[_Focus],
    others: Sequence[LesionPlan],
    rng: np.random.Generator,
) -> list[LesionPlan]:
    """Foci at a free place in the lungs; none if there is no room."""
    for shrink in (1.0, 0.8, 0.65):
        radius = float(rng.uniform(*SIZES_MM[kind])) * shrink
        for first in _candidates(anatomy, kind, radius, rng):
            away = rng.normal(size=3)
            away *= radius / np.linalg.norm(away)
            centres = [first + focus.away * away for focus in foci]
            inside = [anatomy.depth(centre[None])[0] > 0.35 * radius for centre in centres[1:]]
            if all(inside) and all(_is_free(centre, radius, others) for centre in centres):
                return [
                    LesionPlan(
                        kind=kind,
                        centre_mm=(float(c[0]), float(c[1]), float(c[2])),
                        radius_mm=tuple(radius * share for share in focus.shares),
                    )
                    for c, focus in zip(centres, foci, strict=True)
                ]
    return []


def _candidates(
    anatomy: Anatomy, kind: LesionKind, radius: float, rng: np.random.Generator
) -> Points:
    """Places deep enough for a lesion, or at the pleura for those that lie there."""
    if kind is not LesionKind.PLEURAL:
        return anatomy.points(count=40, depth_mm=0.55 * radius, rng=rng)
    points = anatomy.points(count=1500, depth_mm=0, rng=rng)
    near = anatomy.depth(points) < 4
    return points[near & (points[:, 1] > 20)]


def _is_free(centre: Points, radius: float, others: Sequence[LesionPlan]) -> bool:
    return all(
        np.linalg.norm(centre - np.array(other.centre_mm))
        > 1.35 * (radius + max(other.radius_mm)) + GAP_MM
        for other in others
    )
