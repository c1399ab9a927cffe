"""How the events that were found compare with those that happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from bench.events.pair import KnownHistory, Seen

from eupnea.analysis import Change, EventKind, ScanAnalysis

Members = tuple[frozenset[int], frozenset[int]]
"""Labels of an event's regions, before and after."""

CLEAR = 1.25
"""Foci change their designed volume by more than this factor, or not at all."""


@dataclass(frozen=True, kw_only=True)
class TrueEvent:
    """What happened to the regions that share foci."""

    kind: EventKind
    members: Members
    before_ml: float
    after_ml: float


@dataclass(kw_only=True)
class Score:
    """Counts over many pairs."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    identities: int = 0
    identities_kept: int = 0
    names_stolen: int = 0
    repeated: int = 0
    repeated_stable: int = 0
    volume_errors: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, history: KnownHistory, scans: tuple[ScanAnalysis, ...], change: Change) -> None:
        """Count one pair; `scans` carry the names that the comparison gave."""
        truth = {event.members: event for event in true_events(history)}
        found = {_members(event.before, event.after, scans): event for event in change.events}
        for known in truth.values():
            self.true[known.kind] += 1
        for members, event in found.items():
            self.found[event.kind] += 1
            same = truth.get(members)
            if same is not None and same.kind is event.kind:
                self.right[event.kind] += 1
            else:
                self._fault(history, members, event.kind, same)
            if same is not None and max(same.before_ml, same.after_ml) >= 1:
                true_change = same.after_ml - same.before_ml
                error = event.volume_after_ml - event.volume_before_ml - true_change
                self.volume_errors.append(abs(error) / max(same.before_ml, same.after_ml))
        self._count_names(truth, scans)
        if history.repeat:
            self._count_repeat(change)

    def join(self, other: Score) -> None:
        """Add the counts of other pairs."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Score:
        """Counts that were written down field by field."""
        values: dict[str, Any] = {
            name: Counter(value) if isinstance(value, dict) else value
            for name, value in record.items()
        }
        return cls(**values)

    def f1(self, kind: str | None = None) -> float:
        """Harmonic mean of precision and recall, of one kind or of all."""
        right, found, true = (
            counts[kind] if kind else counts.total()
            for counts in (self.right, self.found, self.true)
        )
        return 2 * right / (found + true) if found + true else float("nan")

    def _count_names(
        self, truth: dict[Members, TrueEvent], scans: tuple[ScanAnalysis, ...]
    ) -> None:
        before, after = ({region.label: region.id for region in scan.regions} for scan in scans)
        for (old, new), event in truth.items():
            if len(old) == len(new) == 1:
                self.identities += 1
                self.identities_kept += before[next(iter(old))] == after[next(iter(new))]
            if event.kind is EventKind.NEW:
                self.names_stolen += after[next(iter(new))] in before.values()

    def _count_repeat(self, change: Change) -> None:
        for event in change.events:
            count = max(len(event.before), len(event.after))
            self.repeated += count
            self.repeated_stable += count * (event.kind is EventKind.STABLE)

    def _fault(
        self,
        history: KnownHistory,
        members: Members,
        kind: EventKind,
        same: TrueEvent | None,
    ) -> None:
        sizes = [
            [round(seen.true_ml[label], 2) for label in sorted(labels)]
            for seen, labels in zip((history.before, history.after), members, strict=True)
        ]
        was = f"same regions, truly {same.kind}" if same else "other regions"
        self.faults.append(f"{history.name}: found {kind} {sizes[0]} -> {sizes[1]} ml; {was}")


def true_events(history: KnownHistory) -> list[TrueEvent]:
    """Regions of both scans that share foci belong together."""
    groups: list[tuple[set[int], set[int], set[int]]] = []
    for side, seen in enumerate((history.before, history.after)):
        for label, foci in seen.foci.items():
            met = [group for group in groups if group[2] & foci]
            groups = [group for group in groups if not group[2] & foci]
            joined = tuple(set().union(*(group[n] for group in met)) for n in range(3))
            joined[side].add(label)
            joined[2].update(foci)
            groups.append((joined[0], joined[1], joined[2]))
    return [_true_event(history, old, new) for old, new, _ in groups]


def _true_event(history: KnownHistory, old: set[int], new: set[int]) -> TrueEvent:
    return TrueEvent(
        kind=_kind(history, old, new),
        members=(frozenset(old), frozenset(new)),
        before_ml=sum(history.before.true_ml[label] for label in old),
        after_ml=sum(history.after.true_ml[label] for label in new),
    )


def _kind(history: KnownHistory, old: set[int], new: set[int]) -> EventKind:
    if not old:
        return EventKind.NEW
    if not new:
        return EventKind.RESOLVED
    if len(old) != len(new) and not _is_bridged(history, old, new):
        return EventKind.MERGED if len(old) > len(new) else EventKind.SPLIT
    ratio = _designed(history, history.after, new) / _designed(history, history.before, old)
    if ratio > CLEAR:
        return EventKind.GROWN
    return EventKind.SHRUNK if ratio < 1 / CLEAR else EventKind.STABLE


def _is_bridged(history: KnownHistory, old: set[int], new: set[int]) -> bool:
    """Whether a thin bridge, in one scan or in both, is all that joins some of the regions."""
    pairs = ((history.before, old), (history.after, new))
    foci = (n for seen, labels in pairs for label in labels for n in seen.foci[label])
    return any(history.foci[n].is_bridge for n in foci)


def _designed(history: KnownHistory, seen: Seen, labels: set[int]) -> float:
    """Volume as drawn, breath left out, to the same factor for both scans."""
    numbers = {n for label in labels for n in seen.foci[label]}
    foci = [history.foci[n] for n in sorted(numbers) if not history.foci[n].is_bridge]
    late = seen is history.after
    return float(np.sum([(f.after_mm if late else f.before_mm) ** 3 for f in foci]))


def _members(
    before: tuple[str, ...], after: tuple[str, ...], scans: tuple[ScanAnalysis, ...]
) -> Members:
    old, new = ({region.id: region.label for region in scan.regions} for scan in scans)
    return frozenset(old[name] for name in before), frozenset(new[name] for name in after)
