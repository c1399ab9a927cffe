"""One name for each region, through all scans.

The rule. Two regions of two scans are *one* where their match is one to one,
or where one part carries on at least four fifths of the region
(`MatchSettings.keeper_share`); the other parts, and all parts of an evener
merge or split, get names of their own and remember what they came from.

Comparisons with the first scan speak before those of neighbours. A later scan
can add its regions to an identity, but never join two regions that a direct
comparison of their scans found unrelated. So the names of the first scan, and
what they mean in any other, depend on those two scans alone: a scan added
between two others renames nothing that either of the two shows.

Names count up: the first scan's regions by size, then those of the last scan
by size, then what was seen only between. What only middle scans show can be
counted otherwise once there are more of them, unless the earlier answer is
given (`known`): its names are kept whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from eupnea.analysis import ScanAnalysis
from eupnea.compare.known import KnownScan
from eupnea.compare.match import Link, Match
from eupnea.compare.pair import Pair
from eupnea.compare.settings import MatchSettings

Node = tuple[int, int]
"""A region: position of its scan, position in the scan's list."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A region's name through the timeline, and the names it came from."""

    name: str
    ancestors: tuple[str, ...] = ()


def identify_regions(
    scans: Sequence[ScanAnalysis],
    pairs: Sequence[Pair],
    *,
    settings: MatchSettings,
    known: Sequence[KnownScan] = (),
) -> tuple[dict[str, Identity], ...]:
    """Name all regions.

    Args:
        scans: Oldest first.
        pairs: Comparisons among them, in any order.
        settings: When a region keeps its identity in one of its parts.
        known: Scans of an earlier answer, recognised by their time.

    Returns:
        For each scan, from the ids it came with to identities.
    """
    graph = _Graph(scans)
    position = {scan.index: n for n, scan in enumerate(scans)}
    compared = [
        (position[pair.before.index], position[pair.after.index], pair.match)
        for pair in pairs
        if pair.match is not None
    ]
    for before, after, match in sorted(compared, key=lambda item: (item[0] > 0, item[:2])):
        graph.add(before, after, match, settings)
    names = _name(graph, scans, _known_names(scans, known))
    ancestors = _ancestry(graph, names, compared)
    return tuple(
        {
            region.id: Identity(name=names[n, m], ancestors=ancestors[n, m])
            for m, region in enumerate(scan.regions)
        }
        for n, scan in enumerate(scans)
    )


@dataclass(eq=False)
class _Graph:
    """Regions joined to identities."""

    scans: Sequence[ScanAnalysis]
    members: dict[Node, list[Node]] = field(init=False)
    unrelated: set[tuple[Node, Node]] = field(default_factory=set)
    compared: dict[tuple[int, int], set[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.members = {node: [node] for node in _nodes(self.scans)}

    def add(self, before: int, after: int, match: Match, settings: MatchSettings) -> None:
        """Join what one comparison finds to be one."""
        self.compared[before, after] = {
            (n, m) for group in match.groups for n in group.before for m in group.after
        }
        for link in _keepers(match, settings):
            self._join((before, link.before), (after, link.after))

    def identities(self) -> list[list[Node]]:
        """Each set of joined regions once, in order of its first region."""
        unique = {id(nodes): nodes for nodes in self.members.values()}
        return sorted((sorted(nodes) for nodes in unique.values()), key=lambda nodes: nodes[0])

    def _join(self, first: Node, second: Node) -> None:
        left, right = self.members[first], self.members[second]
        if left is right or not all(self._may_join(a, b) for a in left for b in right):
            return
        left.extend(right)
        for node in right:
            self.members[node] = left

    def _may_join(self, first: Node, second: Node) -> bool:
        (n, a), (m, b) = sorted((first, second))
        if n == m:
            return False
        related = self.compared.get((n, m))
        return related is None or (a, b) in related


def _nodes(scans: Sequence[ScanAnalysis]) -> Iterator[Node]:
    for n, scan in enumerate(scans):
        for m in range(len(scan.regions)):
            yield n, m


def _keepers(match: Match, settings: MatchSettings) -> list[Link]:
    """Links along which a region goes on as itself, strongest first."""
    before = _totals((link.before, link.shared_ml) for link in match.links)
    after = _totals((link.after, link.shared_ml) for link in match.links)
    keepers = [
        link
        for link in match.links
        if link.shared_ml >= settings.keeper_share * before[link.before]
        and link.shared_ml >= settings.keeper_share * after[link.after]
    ]
    return sorted(keepers, key=lambda link: (-link.shared_ml, link.before, link.after))


def _totals(parts: Iterable[tuple[int, float]]) -> dict[int, float]:
    totals: dict[int, float] = {}
    for key, value in parts:
        totals[key] = totals.get(key, 0.0) + value
    return totals


def _name(graph: _Graph, scans: Sequence[ScanAnalysis], known: dict[Node, str]) -> dict[Node, str]:
    names: dict[Node, str] = {}
    taken = set(known.values())
    numbers = (f"R{number}" for number in range(1, 1 << 30))
    for nodes in sorted(graph.identities(), key=lambda nodes: _seniority(nodes, scans)):
        claimed = [known[node] for node in nodes if node in known]
        name = claimed[0] if claimed else next(n for n in numbers if n not in taken)
        for node in nodes:
            names[node] = known.get(node, name)
    return names


def _seniority(nodes: Sequence[Node], scans: Sequence[ScanAnalysis]) -> tuple[int, int, int]:
    """First scan's regions come first, then the last scan's, then the others by time."""
    by_scan = dict(nodes)
    last = len(scans) - 1
    if 0 in by_scan:
        return 0, 0, by_scan[0]
    if last in by_scan:
        return 1, 0, by_scan[last]
    first, position = nodes[0]
    return 2, first, position


def _ancestry(
    graph: _Graph, names: dict[Node, str], compared: Sequence[tuple[int, int, Match]]
) -> dict[Node, tuple[str, ...]]:
    """For each region the other names that led to its own, oldest first."""
    gathered: dict[str, list[str]] = {name: [] for name in names.values()}
    found: dict[Node, tuple[str, ...]] = {}
    steps = {after: match for before, after, match in compared if before == after - 1}
    for node in sorted(graph.members):
        scan, position = node
        own = gathered[names[node]]
        links = steps[scan].links if scan in steps else ()
        for parent in sorted(link.before for link in links if link.after == position):
            name = names[scan - 1, parent]
            if name != names[node] and name not in own:
                own.append(name)
        found[node] = tuple(own)
    return found


def _known_names(scans: Sequence[ScanAnalysis], known: Sequence[KnownScan]) -> dict[Node, str]:
    """Names that regions were given in an earlier answer."""
    by_time = {scan.acquired_at: scan for scan in known}
    names: dict[Node, str] = {}
    for n, scan in enumerate(scans):
        earlier = by_time.get(scan.scan.acquired_at)
        if earlier is not None and earlier.labels.shape == scan.scan.native.shape:
            for m, name in _same_regions(scan, earlier):
                names[n, m] = name
    return names


def _same_regions(scan: ScanAnalysis, earlier: KnownScan) -> Iterator[tuple[int, str]]:
    """Regions of two analyses of one scan that share most of their voxels."""
    labels = scan.scan.to_native(scan.labels)
    for m, region in enumerate(scan.regions):
        inside = earlier.labels[labels == region.label]
        counts = np.bincount(inside, minlength=1)
        label = int(counts.argmax())
        size = int(np.count_nonzero(earlier.labels == label))
        if label in earlier.names and counts[label] * 2 > size:
            yield m, earlier.names[label]
