"""Branching trees that fill a lobe, for vessels and airways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

REACH = 0.45
"""How far a branch goes toward the middle of what it serves (Tawhai et al. 2000: 0.4)."""
TAPER = 1 / 2.8
"""Radius goes with the number of ends served to this power (Murray's law: 1/3)."""
INERTIA = 0.35
"""How much of its parent's direction a branch keeps."""
BEND = 0.03
"""Sideways bend in the middle of a branch, as a share of its length."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tubes:
    """Straight pieces of tube, tapering from one end to the other.

    All arrays share their first axis. Positions are LPS mm.
    """

    start_mm: Points
    end_mm: Points
    start_radius_mm: NDArray[np.float64]
    end_radius_mm: NDArray[np.float64]

    @classmethod
    def along(cls, path_mm: Points, radius_mm: float | NDArray[np.float64]) -> Tubes:
        """A tube along a path (n, 3), with one radius or one per point."""
        radius = np.broadcast_to(np.asarray(radius_mm, dtype=np.float64), len(path_mm))
        return cls(
            start_mm=path_mm[:-1],
            end_mm=path_mm[1:],
            start_radius_mm=radius[:-1],
            end_radius_mm=radius[1:],
        )

    @classmethod
    def join(cls, *parts: Tubes) -> Tubes:
        """All pieces of several sets of tubes."""
        return cls(
            start_mm=np.concatenate([part.start_mm for part in parts]),
            end_mm=np.concatenate([part.end_mm for part in parts]),
            start_radius_mm=np.concatenate([part.start_radius_mm for part in parts]),
            end_radius_mm=np.concatenate([part.end_radius_mm for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.start_mm)

    def thicker_than(self, radius_mm: float) -> Tubes:
        """The pieces whose far end is thicker than a radius."""
        return self[self.end_radius_mm > radius_mm]

    def resized(self, *, factor: float = 1.0, extra_mm: float = 0.0) -> Tubes:
        """The same pieces with radius `factor * radius + extra_mm`."""
        return Tubes(
            start_mm=self.start_mm,
            end_mm=self.end_mm,
            start_radius_mm=self.start_radius_mm * factor + extra_mm,
            end_radius_mm=self.end_radius_mm * factor + extra_mm,
        )

    def moved(self, start_mm: Points, end_mm: Points) -> Tubes:
        """The same pieces at other places."""
        return Tubes(
            start_mm=start_mm,
            end_mm=end_mm,
            start_radius_mm=self.start_radius_mm,
            end_radius_mm=self.end_radius_mm,
        )

    def __getitem__(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Tubes:
        return Tubes(
            start_mm=self.start_mm[chosen],
            end_mm=self.end_mm[chosen],
            start_radius_mm=self.start_radius_mm[chosen],
            end_radius_mm=self.end_radius_mm[chosen],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Bud:
    """A place from which a branch grows toward the points it serves."""

    at: Points
    radius: float
    heading: Points
    """Unit vector along which its parent grew."""
    side: Points
    served: NDArray[np.intp]


def grow(*, root_mm: Points, radius_mm: float, ends_mm: Points, rng: np.random.Generator) -> Tubes:
    """A tree from a root to every end point, thinning as it branches.

    Each branch goes part of the way to the middle of the points it serves,
    which a plane through it then divides between two children: the
    volume-filling method of Tawhai et al. 2000 (Ann Biomed Eng 28:793).

    Args:
        root_mm: Where the tree starts (3), LPS.
        radius_mm: Its radius there.
        ends_mm: What it must reach (n, 3), LPS; n at least 1.
        rng: Decides how branches bend.
    """
    pieces: list[Tubes] = []
    buds = [
        _Bud(
            at=root_mm,
            radius=radius_mm,
            heading=_unit(ends_mm.mean(axis=0) - root_mm),
            side=rng.normal(size=3),
            served=np.arange(len(ends_mm)),
        )
    ]
    while buds:
        bud = buds.pop()
        served = ends_mm[bud.served]
        if len(served) == 1:
            pieces.append(_branch(bud, served[0], bud.radius * 0.9, rng))
            continue
        along = served.mean(axis=0) - bud.at
        heading = _unit((1 - INERTIA) * _unit(along) + INERTIA * bud.heading)
        tip = bud.at + REACH * np.linalg.norm(along) * heading
        radius = radius_mm * (len(served) / len(ends_mm)) ** TAPER
        pieces.append(_branch(bud, tip, radius, rng))
        side = _unit(np.cross(heading, bud.side))
        buds += [
            _Bud(at=tip, radius=radius, heading=heading, side=side, served=bud.served[half])
            for half in _halves(served @ side)
        ]
    return Tubes.join(*pieces)


def _halves(height: Points) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Those on either side of a plane in which the branch lies; neither is empty."""
    upper = height > np.median(height)
    if not upper.any():
        upper[0] = True
    return upper, ~upper


def _branch(bud: _Bud, tip: Points, radius: float, rng: np.random.Generator) -> Tubes:
    """Two straight pieces with a slight bend between them."""
    length = float(np.linalg.norm(tip - bud.at))
    middle = (bud.at + tip) / 2 + rng.normal(size=3) * (BEND * length)
    path = np.stack([bud.at, middle, tip])
    return Tubes.along(path, np.array([min(bud.radius, 1.3 * radius), radius, radius]))


def _unit(vector: Points) -> Points:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
