"""Regions as lanes through the scans: who was there, how large, and what became of whom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from eupnea.analysis import EventKind
from eupnea.write.document import EventDocument
from eupnea.write.report.history import Family, Member
from eupnea.write.report.words import millilitres

LANES = 14
"""Most lanes, of the largest families; the others are summed up."""

KIN = 6
"""Most lanes of one family: of its largest members."""

WIDTH, LEFT, RIGHT = 1016, 190, 60
HEAD, LANE = 34, 36
LARGEST_PX, SMALLEST_PX = 14.0, 3.0
"""Radius of the largest region; and of any, so that it can be seen."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A region in one scan."""

    x: float
    y: float
    radius: float
    text: str
    style: str
    """What became of it since the scan before; `abnormal` at the beginning."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """From a region to what it became in the next scan."""

    path: str
    style: str


@dataclass(frozen=True, kw_only=True)
class End:
    """A resolved region, in the scan that no longer shows it."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The name of a region, beside its lane."""

    y: float
    member: Member
    is_first: bool
    """Whether a family begins here."""


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """The drawing; lengths in pixels of its own view."""

    width: int
    height: int
    columns: tuple[float, ...]
    """Of the scans."""
    lanes: tuple[Lane, ...]
    links: tuple[Link, ...]
    stops: tuple[Stop, ...]
    ends: tuple[End, ...]
    more: tuple[Member, ...]
    """Regions without a lane."""


def draw_lanes(families: Sequence[Family], scans: int) -> Lanes:
    """Lay out the lanes of all families, one below the other.

    Args:
        families: In the order in which they are shown.
        scans: Number of scans.
    """
    by_size = sorted(families, key=lambda family: -max(family.totals_ml))
    known = {m.id for m in [kin for family in by_size for kin in _largest_kin(family)][:LANES]}
    shown = [
        (family, member)
        for family in families
        for member in _largest_kin(family)
        if member.id in known
    ]
    y = {member.id: HEAD + (n + 0.5) * LANE for n, (_, member) in enumerate(shown)}
    columns = tuple(_column(n, scans) for n in range(scans))
    largest = max((_largest(member) for _, member in shown), default=1.0)
    return Lanes(
        width=WIDTH,
        height=HEAD + LANE * len(shown),
        columns=columns,
        lanes=tuple(
            Lane(y=y[member.id], member=member, is_first=n == 0 or shown[n - 1][0] is not family)
            for n, (family, member) in enumerate(shown)
        ),
        links=tuple(link for family in families for link in _links(family, columns, y)),
        stops=tuple(
            stop for family, member in shown for stop in _stops(family, member, columns, y, largest)
        ),
        ends=tuple(end for family in families for end in _ends(family, columns, y)),
        more=tuple(m for family in families for m in family.members if m.id not in known),
    )


def _largest_kin(family: Family) -> list[Member]:
    """The largest members, in the order of the family."""
    kin = {member.id for member in sorted(family.members, key=_largest, reverse=True)[:KIN]}
    return [member for member in family.members if member.id in kin]


def _column(index: int, scans: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / scans, 1)


def _largest(member: Member) -> float:
    return max(volume or 0.0 for volume in member.volumes_ml)


def _stops(
    family: Family,
    member: Member,
    columns: Sequence[float],
    y: dict[str, float],
    largest: float,
) -> Iterator[Stop]:
    for n, volume in enumerate(member.volumes_ml):
        if volume is None:
            continue
        kinds = [e.kind.value for e in _step(family, n) if member.id in e.after]
        yield Stop(
            x=columns[n],
            y=y[member.id],
            radius=round(max(LARGEST_PX * math.cbrt(volume / largest), SMALLEST_PX), 1),
            text=millilitres(volume),
            style=kinds[0] if kinds else "abnormal",
        )


def _links(family: Family, columns: Sequence[float], y: dict[str, float]) -> Iterator[Link]:
    """From each region to each that it became; a resolved one runs on to its end."""
    for n in range(1, len(columns)):
        for event in _step(family, n):
            for before, after in product(event.before, event.after or event.before):
                if before in y and after in y:
                    path = _path((columns[n - 1], y[before]), (columns[n], y[after]))
                    yield Link(path=path, style=event.kind.value)


def _ends(family: Family, columns: Sequence[float], y: dict[str, float]) -> Iterator[End]:
    for n in range(1, len(columns)):
        for event in _step(family, n):
            if event.kind is EventKind.RESOLVED:
                yield from (End(x=columns[n], y=y[name]) for name in event.before if name in y)


def _step(family: Family, index: int) -> tuple[EventDocument, ...]:
    return family.events[index - 1] if index else ()


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line that leaves and arrives level."""
    if start[1] == end[1]:
        return f"M{start[0]:g} {start[1]:g}H{end[0]:g}"
    middle = (start[0] + end[0]) / 2
    return (
        f"M{start[0]:g} {start[1]:g}C{middle:g} {start[1]:g} {middle:g} {end[1]:g} "
        f"{end[0]:g} {end[1]:g}"
    )
