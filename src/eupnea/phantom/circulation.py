"""Airways, arteries and veins: from trachea and heart to near the pleura."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.shapes import Place
from eupnea.phantom.tree import Tubes, grow

Points = NDArray[np.float64]
Path = tuple[Sequence[tuple[float, float, float]], tuple[float, ...]]
"""Positions, and the radius at each."""

ENDS = 3400
"""Twigs of each tree in both lungs, at full detail."""
PLEURA_GAP_MM = 2.0
"""Vessels are seen to within some mm of the pleura."""
ARTERY_MM, VEIN_MM = 3.4, 3.6
"""Radius of a lobe's artery and vein where they enter it."""
THINNEST_AIRWAY_MM = 0.8
AIRWAY_TO_ARTERY = 0.7
WALL_SHARE, WALL_MM = 0.12, 0.35
"""Thickness of an airway's wall: a share of its radius, and some mm."""

HILUM_MM = 22.0
"""Airways may run outside the lungs within this distance of a lobe's root."""

CARINA = (0.0, 18.0, 36.0)
HILA = {
    1: (-35.0, 12.0, 20.0),
    2: (-37.0, 0.0, -10.0),
    3: (-35.0, 17.0, -10.0),
    4: (39.0, 4.0, 15.0),
    5: (38.0, 18.0, -6.0),
}
"""Where each lobe's bronchus starts (see `Anatomy.lobe` for the numbers)."""
ATRIUM = {
    1: (-24.0, -2.0, -8.0),
    2: (-26.0, -6.0, -22.0),
    3: (-24.0, 14.0, -30.0),
    4: (27.0, 2.0, -8.0),
    5: (27.0, 16.0, -28.0),
}
"""Where each lobe's vein ends."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Circulation:
    """All tubes of a chest, in the reference space."""

    airways: Tubes
    """Trachea, bronchi and their branches: the lumen."""
    blood: Tubes


def with_walls(airways: Tubes) -> Tubes:
    """Airways as wide as their walls, from as wide as their lumen."""
    return airways.resized(factor=1 + WALL_SHARE, extra_mm=WALL_MM)


def circulation(anatomy: Anatomy, *, detail: float, rng: np.random.Generator) -> Circulation:
    """Grows the trees of one patient.

    Arteries run beside the airways, veins between them.

    Args:
        anatomy: The lungs to fill.
        detail: Share of `ENDS` to grow.
        rng: Decides where the trees end and how they bend.
    """
    count = int(ENDS * detail)
    airways, blood = [_trunk_airways()], [_trunk_blood()]
    bundle_ends, vein_ends = (_ends(anatomy, count, rng) for _ in range(2))
    for lobe, hilum in HILA.items():
        root, atrium = np.array(hilum), np.array(ATRIUM[lobe])
        bundle = grow(root_mm=root, radius_mm=ARTERY_MM, ends_mm=bundle_ends[lobe], rng=rng)
        veins = grow(root_mm=atrium, radius_mm=VEIN_MM, ends_mm=vein_ends[lobe], rng=rng)
        bronchi = bundle.thicker_than(THINNEST_AIRWAY_MM / AIRWAY_TO_ARTERY)
        airways.append(_in_lungs(bronchi.resized(factor=AIRWAY_TO_ARTERY), anatomy, root))
        blood += [_beside(bundle, rng), veins]
    return Circulation(airways=Tubes.join(*airways), blood=Tubes.join(*blood))


def _in_lungs(tubes: Tubes, anatomy: Anatomy, root_mm: Points) -> Tubes:
    """Without the pieces that cross heart or liver on their way."""
    middle = (tubes.start_mm + tubes.end_mm) / 2
    near = np.linalg.norm(middle - root_mm, axis=1) < HILUM_MM
    return tubes[near | (anatomy.depth(middle) > 0)]


def _ends(anatomy: Anatomy, count: int, rng: np.random.Generator) -> dict[int, Points]:
    points = anatomy.points(count=count, depth_mm=PLEURA_GAP_MM, rng=rng)
    lobe = anatomy.lobe(anatomy.uneven(Place.of(points)))
    return {number: points[lobe == number] for number in HILA}


def _beside(bundle: Tubes, rng: np.random.Generator) -> Tubes:
    """The arteries of a bronchovascular bundle: shifted by the two radii."""
    side = rng.normal(size=3)
    side /= np.linalg.norm(side)
    gap = 1 + AIRWAY_TO_ARTERY * (1 + WALL_SHARE)
    return bundle.moved(
        bundle.start_mm + side * (gap * bundle.start_radius_mm[:, None]),
        bundle.end_mm + side * (gap * bundle.end_radius_mm[:, None]),
    )


def _trunk_airways() -> Tubes:
    """Trachea, main bronchi and the way to each lobe."""
    paths: list[Path] = [
        ([(0, 8, 180), (0, 12, 80), CARINA], (8.8, 8.6, 8.2)),
        ([CARINA, (-20, 16, 25), (-33, 14, 14), (-34, 14, 0), HILA[3]], (6.8, 6.4, 5.6, 5.0, 3.6)),
        ([(-24, 16, 23), HILA[1]], (4.8, 3.6)),
        ([(-34, 14, 0), HILA[2]], (4.2, 3.4)),
        ([CARINA, (22, 19, 23), (38, 14, 12), HILA[5]], (6.4, 5.8, 5.0, 3.6)),
        ([(34, 15, 15), HILA[4]], (4.6, 3.6)),
    ]
    return _tubes(paths)


def _trunk_blood() -> Tubes:
    """Aorta, great vessels of the neck, vena cava and the pulmonary trunk."""
    paths: list[Path] = [
        (
            [
                (4, -14, -25),
                (-8, -24, 10),
                (-4, -18, 38),
                (10, 4, 50),
                (20, 30, 44),
                (21, 43, 28),
                (20, 45, -60),
                (8, 46, -150),
            ],
            (15, 15.5, 15, 13.5, 13, 12.5, 12, 10.5),
        ),
        ([(-2, -14, 48), (-14, -10, 75), (-22, -4, 180)], (6.5, 6, 4.5)),
        ([(8, 0, 54), (12, 0, 80), (18, 2, 180)], (4.5, 4.2, 3.8)),
        ([(16, 14, 52), (22, 14, 80), (30, 12, 180)], (5, 4.8, 4.2)),
        ([(-24, -20, -20), (-25, -18, 45), (-28, -14, 75), (-34, -8, 180)], (10, 9, 7.5, 6)),
        ([(-28, -14, 70), (0, -30, 62), (28, -18, 80), (38, -8, 180)], (7, 6.5, 6.5, 6)),
        ([(16, -34, -15), (14, -24, 14), (28, -2, 22), (40, 12, 17)], (13.5, 13.5, 10.5, 7)),
        ([(12, -20, 14), (-14, 0, 10), (-34, 4, 7), (-38, 10, -4)], (11.5, 10.5, 9, 6.5)),
        ([(-12, -4, -40), (-16, 6, -160)], (12, 11)),
        ([(4, 34, 180), (4, 36, 30), (10, 34, -30), (26, 8, -100)], (6, 6, 6.5, 7)),
    ]
    return _tubes(paths)


def _tubes(paths: Sequence[Path]) -> Tubes:
    return Tubes.join(
        *(Tubes.along(np.array(path, dtype=np.float64), np.array(radii)) for path, radii in paths)
    )
