"""Which regions of two scans are the same, or came from one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eupnea.compare.overlap import Overlap
from eupnea.compare.settings import MatchSettings


@dataclass(frozen=True, kw_only=True)
class Link:
    """Two related regions, by position in their scans' lists."""

    before: int
    after: int
    shared_ml: float


@dataclass(frozen=True, kw_only=True)
class Group:
    """Regions that belong together: one event."""

    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Match:
    """The graph between the regions of two scans, and its connected groups."""

    links: tuple[Link, ...]
    groups: tuple[Group, ...]
    """Each region of either scan is in exactly one."""


def match_regions(
    overlap: Overlap, distance_mm: NDArray[np.float64], settings: MatchSettings
) -> Match:
    """Relate the regions of two scans, many to many.

    Overlap decides. Only small regions that overlap nothing are then matched
    by distance, nearest first, one to one.

    Args:
        overlap: Of n earlier and m later regions.
        distance_mm: (n, m), between centroids after alignment.
        settings: The shares and sizes that count.
    """
    related = _significant(overlap, settings)
    for n, m in _leftovers(overlap, related, distance_mm, settings):
        related[n, m] = True
    shared = overlap.shared_ml
    links = tuple(
        Link(before=int(n), after=int(m), shared_ml=float(shared[n, m]))
        for n, m in np.argwhere(related)
    )
    return Match(links=links, groups=_groups(related))


def _significant(overlap: Overlap, settings: MatchSettings) -> NDArray[np.bool_]:
    """Overlaps that are neither slivers nor mere side contacts."""
    shared = overlap.shared_ml
    of_before = _relative(shared, shared.sum(axis=1, keepdims=True))
    of_after = _relative(shared, shared.sum(axis=0, keepdims=True))
    main = np.maximum(of_before, of_after) >= settings.minor_share
    return np.asarray(main & (overlap.share >= settings.sliver_share) & (shared > 0))


def _relative(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _leftovers(
    overlap: Overlap,
    related: NDArray[np.bool_],
    distance_mm: NDArray[np.float64],
    settings: MatchSettings,
) -> list[tuple[int, int]]:
    rows = ~related.any(axis=1) & (overlap.before_ml <= settings.leftover_ml)
    columns = ~related.any(axis=0) & (overlap.after_ml <= settings.leftover_ml)
    near = np.argwhere(rows[:, None] & columns[None, :] & (distance_mm <= settings.leftover_mm))
    pairs: list[tuple[int, int]] = []
    for n, m in sorted(near.tolist(), key=lambda pair: (distance_mm[pair[0], pair[1]], pair)):
        if all(n != other_n and m != other_m for other_n, other_m in pairs):
            pairs.append((n, m))
    return pairs


def _groups(related: NDArray[np.bool_]) -> tuple[Group, ...]:
    n, m = related.shape
    rows, columns = np.nonzero(related)
    graph = coo_array((np.ones(len(rows)), (rows, n + columns)), shape=(n + m, n + m))
    count, member = connected_components(graph, directed=False)
    return tuple(
        Group(before=_members(member[:n], label), after=_members(member[n:], label))
        for label in range(count)
    )


def _members(member: Sequence[int] | NDArray[np.int32], label: int) -> tuple[int, ...]:
    return tuple(int(n) for n in np.flatnonzero(np.asarray(member) == label))
