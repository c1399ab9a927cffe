"""Two scans of one patient, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eupnea.analysis import (
    AlignmentLevel,
    AttributeChange,
    Breath,
    Change,
    Common,
    Correspondence,
    Event,
    ScanAnalysis,
)
from eupnea.compare.align import align
from eupnea.compare.alignment import Alignment
from eupnea.compare.attributes import abnormal_change, change_of
from eupnea.compare.breath import LocalBreath, breath_notes, compare_breath, mass_notes
from eupnea.compare.common import coverage_notes, measure_common
from eupnea.compare.comparability import comparability_notes
from eupnea.compare.coverage import WHOLE, CommonPart, common_part, common_sides
from eupnea.compare.events import describe_group
from eupnea.compare.match import Match, match_regions
from eupnea.compare.overlap import measure_overlap
from eupnea.compare.settings import CompareSettings
from eupnea.compare.transitions import follow_tissue
from eupnea.mask import Mask
from eupnea.note import Note, Severity


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A change, and the graph of regions it was read from."""

    before: ScanAnalysis
    after: ScanAnalysis
    change: Change
    match: Match | None
    """`None` when the scans could not be aligned."""


def compare_scans(
    before: ScanAnalysis, after: ScanAnalysis, *, settings: CompareSettings | None = None
) -> Change:
    """What changed between an earlier and a later scan of one patient.

    Volumes are measured in each scan's own space; the alignment only tells
    which places correspond. Without an alignment the whole organ's figures
    stand alone, and a note says so.
    """
    return compare_pair(before, after, settings=settings or CompareSettings()).change


def compare_pair(before: ScanAnalysis, after: ScanAnalysis, *, settings: CompareSettings) -> Pair:
    """Align two scans and compare them, keeping the graph of regions."""
    organ = common_sides(before.roi.mask, after.roi.mask)
    alignment = align(
        before.scan.volume,
        after.scan.volume,
        fixed_roi=organ[0],
        moving_roi=organ[1],
        settings=settings.align,
    )
    return compare_aligned(before, after, alignment, settings=settings, organ=organ)


def compare_aligned(
    before: ScanAnalysis,
    after: ScanAnalysis,
    alignment: Alignment,
    *,
    settings: CompareSettings,
    organ: tuple[Mask, Mask] | None = None,
) -> Pair:
    """Compare two scans whose alignment is known.

    Args:
        before: The earlier scan.
        after: The later scan.
        alignment: From the earlier to the later scan.
        settings: How to compare.
        organ: The part of each organ that was aligned, if it was not all.
    """
    aligned = alignment.registration.level is not AlignmentLevel.NONE
    part = common_part(before, after, organ or (before.roi.mask, after.roi.mask), alignment)
    match = _match(before, after, alignment, settings) if aligned else None
    tissue = follow_tissue(before, after, alignment) if aligned else None
    breath = compare_breath(before, after)
    common = measure_common(before, after, part, settings.limits) if aligned else None
    judged = common is None
    change = Change(
        before=before.index,
        after=after.index,
        days=_days(before, after),
        roi=_judged(change_of(before.roi, after.roi, settings.limits), judged=judged),
        normal=_judged(change_of(before.normal, after.normal, settings.limits), judged=judged),
        abnormal=_judged(abnormal_change(before, after, settings.limits), judged=judged),
        registration=alignment.registration,
        transitions=tissue.table if tissue else None,
        events=_events(before, after, alignment, match, settings, part),
        notes=(
            *_alignment_notes(alignment),
            *coverage_notes(common),
            *breath_notes(_volume_ratio(breath, common), settings.breath_ratio),
            *mass_notes(before, after, breath),
            *comparability_notes(before.scan, after.scan),
        ),
        breath=breath,
        common=common,
        trend=tissue.trend if tissue else None,
        correspondence=Correspondence(to_after=alignment.to_moving, to_before=alignment.to_fixed)
        if aligned
        else None,
    )
    return Pair(before=before, after=after, change=change, match=match)


def _judged(change: AttributeChange, *, judged: bool) -> AttributeChange:
    """No limit tells a change from a repeat scan when the scans show different parts."""
    return change if judged else replace(change, beyond_repeatability=None)


def _volume_ratio(breath: Breath, common: Common | None) -> float:
    """Of the part of the organ that both scans show, later over earlier."""
    if common is None:
        return breath.volume_ratio
    return common.after.roi_ml / max(common.before.roi_ml, 1e-9)


def _match(
    before: ScanAnalysis, after: ScanAnalysis, alignment: Alignment, settings: CompareSettings
) -> Match:
    here = np.array([region.centroid_mm for region in before.regions]).reshape(-1, 1, 3)
    there = np.array([region.centroid_mm for region in after.regions]).reshape(1, -1, 3)
    distance = np.linalg.norm(alignment.to_moving(here) - there, axis=-1)
    return match_regions(measure_overlap(before, after, alignment), distance, settings.match)


def _events(
    before: ScanAnalysis,
    after: ScanAnalysis,
    alignment: Alignment,
    match: Match | None,
    settings: CompareSettings,
    part: CommonPart,
) -> tuple[Event, ...]:
    """Largest first; within one size by name, so that the order is settled.

    A region that the other scan does not show whole has no history there, and no event.
    """
    if match is None:
        return ()
    breath = LocalBreath(alignment=alignment, roi=part.before)
    hidden = _hidden(before, part.before), _hidden(after, part.after)
    events = [
        describe_group(group, before, after, alignment, settings, breath)
        for group in match.groups
        if hidden[0].isdisjoint(group.before) and hidden[1].isdisjoint(group.after)
    ]
    return tuple(sorted(events, key=_by_size))


def _hidden(analysis: ScanAnalysis, shown: Mask) -> set[int]:
    """Positions of the regions that the other scan does not show whole."""
    size = int(analysis.labels.max(initial=0)) + 1
    total = np.bincount(analysis.labels.ravel(), minlength=size)
    seen = np.bincount(analysis.labels[shown.voxels], minlength=size)
    labels = [region.label for region in analysis.regions]
    return {n for n, label in enumerate(labels) if seen[label] < WHOLE * total[label]}


def _by_size(event: Event) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    return -max(event.volume_before_ml, event.volume_after_ml), event.before, event.after


def _days(before: ScanAnalysis, after: ScanAnalysis) -> float:
    return (after.scan.acquired_at - before.scan.acquired_at).total_seconds() / 86400


def _alignment_notes(alignment: Alignment) -> tuple[Note, ...]:
    texts = {
        AlignmentLevel.AFFINE: "The deformable alignment failed its checks; regions were matched "
        "after a coarse alignment, and small ones may be mismatched.",
        AlignmentLevel.NONE: "The scans could not be aligned, as if they were of two people; only "
        "figures of the whole organ are compared. Check whose scans they are.",
    }
    text = texts.get(alignment.registration.level)
    if text is None:
        return ()
    return (Note(code="ALIGNMENT_WEAK", text=text, severity=Severity.WARNING),)
