"""Regions through time, gathered into families that merged or split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eupnea.analysis import EventKind
from eupnea.write.document import AnalysisDocument, ChangeDocument, EventDocument, RegionDocument
from eupnea.write.report.words import listed_few

Range = tuple[float, float]

LEADING_SHARE = 0.9
"""Of all abnormal volume: what holds it comes first, even when it is stable."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One region through all scans."""

    id: str
    zone: str
    """Where it was last seen."""
    volumes_ml: tuple[float | None, ...]
    """For each scan; `None` where the region is not there."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Regions that have one history: they merged into, or split from, one another."""

    members: tuple[Member, ...]
    """Those that were there first, first; then the larger."""
    totals_ml: tuple[float, ...]
    """Their volume together, for each scan."""
    ranges_ml: tuple[Range | None, ...]
    """What a repeat scan of each scan could show instead; `None` where nothing is there."""
    events: tuple[tuple[EventDocument, ...], ...]
    """For each scan but the first: what happened since the scan before."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the members."""
        return tuple(member.id for member in self.members)

    @property
    def zone(self) -> str:
        """Where its largest member was last seen."""
        largest = max(self.members, key=lambda member: max(map(_or_zero, member.volumes_ml)))
        return largest.zone

    @property
    def lineage(self) -> str:
        """Who merged into whom, and who split from whom; empty when nobody did."""
        told = (_kinship(event) for step in self.events for event in step)
        return "; ".join(dict.fromkeys(text for text in told if text))

    @property
    def is_stable(self) -> bool:
        """Whether nothing happened that a repeat scan could not show."""
        return all(event.kind is EventKind.STABLE for step in self.events for event in step)

    @property
    def change_ml(self) -> float:
        """The largest difference between any two scans."""
        return max(self.totals_ml) - min(self.totals_ml)

    @property
    def peak(self) -> int:
        """The scan in which the family is largest."""
        return self.totals_ml.index(max(self.totals_ml))

    def present(self, index: int) -> tuple[str, ...]:
        """The members that are there in a scan."""
        return tuple(m.id for m in self.members if m.volumes_ml[index] is not None)


def families(document: AnalysisDocument) -> tuple[Family, ...]:
    """All regions, in the order that matters to a reader.

    A family that holds nearly all of the abnormal lung leads, whatever became
    of it: the others are details beside it. Then what changed comes before
    what is stable; then the largest change comes first, and of the stable the
    largest region.
    """
    tables = [{region.id: region for region in scan.regions} for scan in document.scans]
    steps = [_step(document, after) for after in range(1, len(document.scans))]
    names = dict.fromkeys(name for table in tables for name in table)
    found = [_family(group, tables, steps) for group in _groups(names, tables, steps)]
    whole = sum(sum(family.totals_ml) for family in found)
    return tuple(sorted(found, key=lambda family: _importance(family, whole)))


def _kinship(event: EventDocument) -> str:
    gone = [name for name in event.before if name not in event.after]
    born = [name for name in event.after if name not in event.before]
    if event.kind is EventKind.MERGED and gone:
        return f"{listed_few(gone)} merged into {listed_few(event.after)}"
    if event.kind is EventKind.SPLIT and born:
        return f"{listed_few(born)} split from {listed_few(event.before)}"
    return ""


def _importance(family: Family, whole_ml: float) -> tuple[bool, bool, float, str]:
    leads = sum(family.totals_ml) >= LEADING_SHARE * whole_ml
    size = max(family.totals_ml) if family.is_stable else family.change_ml
    return not leads, family.is_stable, -size, family.ids[0]


def _step(document: AnalysisDocument, after: int) -> ChangeDocument | None:
    pairs = {(change.before, change.after): change for change in document.changes}
    return pairs.get((after - 1, after))


def _groups(
    names: Iterable[str],
    tables: Sequence[dict[str, RegionDocument]],
    steps: Sequence[ChangeDocument | None],
) -> list[list[str]]:
    """Names that events or ancestry link, each group in order of `names`."""
    group = {name: [name] for name in names}
    for linked in _links(tables, steps):
        known = [name for name in linked if name in group]
        for name in known[1:]:
            first, other = group[known[0]], group[name]
            if first is not other:
                first.extend(other)
                group.update(dict.fromkeys(other, first))
    return list({id(members): members for members in group.values()}.values())


def _links(
    tables: Sequence[dict[str, RegionDocument]], steps: Sequence[ChangeDocument | None]
) -> Iterable[tuple[str, ...]]:
    for step in steps:
        yield from ((*event.before, *event.after) for event in (step.events if step else ()))
    for table in tables:
        yield from ((region.id, *region.ancestors) for region in table.values())


def _family(
    names: Sequence[str],
    tables: Sequence[dict[str, RegionDocument]],
    steps: Sequence[ChangeDocument | None],
) -> Family:
    members = sorted((_member(name, tables) for name in names), key=_seniority)
    present = [[table[name] for name in names if name in table] for table in tables]
    return Family(
        members=tuple(members),
        totals_ml=tuple(sum(region.volume_ml for region in regions) for regions in present),
        ranges_ml=tuple(map(_range, present)),
        events=tuple(
            tuple(e for e in (step.events if step else ()) if {*e.before, *e.after} & {*names})
            for step in steps
        ),
    )


def _member(name: str, tables: Sequence[dict[str, RegionDocument]]) -> Member:
    present = [table.get(name) for table in tables]
    latest = next(region for region in reversed(present) if region)
    return Member(
        id=name,
        zone=latest.zone,
        volumes_ml=tuple(region.volume_ml if region else None for region in present),
    )


def _seniority(member: Member) -> tuple[int, float]:
    first = next(n for n, volume in enumerate(member.volumes_ml) if volume is not None)
    return first, -max(map(_or_zero, member.volumes_ml))


def _range(regions: Sequence[RegionDocument]) -> Range | None:
    ranges = [region.repeat_ml for region in regions if region.repeat_ml]
    if not ranges or len(ranges) < len(regions):
        return None
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def _or_zero(volume: float | None) -> float:
    return volume or 0.0
