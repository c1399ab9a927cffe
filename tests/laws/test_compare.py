"""Laws of the comparison, on drawn histories."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eupnea.analysis import Change, EventKind, ScanAnalysis
from eupnea.compare import CompareSettings
from eupnea.compare.pair import compare_aligned
from support.drawn_scans import GRID, analysis_of, still

REVERSED = {
    EventKind.NEW: EventKind.RESOLVED,
    EventKind.RESOLVED: EventKind.NEW,
    EventKind.GROWN: EventKind.SHRUNK,
    EventKind.SHRUNK: EventKind.GROWN,
    EventKind.MERGED: EventKind.SPLIT,
    EventKind.SPLIT: EventKind.MERGED,
    EventKind.STABLE: EventKind.STABLE,
}


@st.composite
def label_maps(draw: st.DrawFn) -> NDArray[np.uint16]:
    """Up to six boxes of any place and size; later ones cover earlier ones."""
    labels = np.zeros(GRID.shape, np.uint16)
    for label in range(1, draw(st.integers(0, 6)) + 1):
        corner = [draw(st.integers(1, n - 8)) for n in GRID.shape]
        size = [draw(st.integers(2, 7)) for _ in range(3)]
        box = tuple(slice(a, a + n) for a, n in zip(corner, size, strict=True))
        labels[box] = label
    return labels


def _change(before: ScanAnalysis, after: ScanAnalysis) -> Change:
    return compare_aligned(before, after, still(), settings=CompareSettings()).change


@settings(max_examples=25, deadline=None)
@given(label_maps())
def test_a_scan_against_itself_is_stable(labels: NDArray[np.uint16]) -> None:
    """Whatever regions touch or are tiny: each is found again, alone."""
    change = _change(analysis_of(labels), analysis_of(labels, index=1))
    assert all(event.kind is EventKind.STABLE for event in change.events)
    assert all(event.before == event.after for event in change.events)
    assert all(len(event.before) == 1 for event in change.events)


@settings(max_examples=25, deadline=None)
@given(label_maps(), label_maps())
def test_time_reversed_tells_the_reversed_story(
    first: NDArray[np.uint16], second: NDArray[np.uint16]
) -> None:
    """Kinds, members and volumes are exchanged, nothing else."""
    before, after = analysis_of(first), analysis_of(second, index=1)
    forth, back = _change(before, after), _change(after, before)
    assert Counter(
        (REVERSED[e.kind], frozenset(e.after), frozenset(e.before)) for e in forth.events
    ) == Counter((e.kind, frozenset(e.before), frozenset(e.after)) for e in back.events)


@settings(max_examples=25, deadline=None)
@given(label_maps(), label_maps())
def test_every_region_has_exactly_one_event(
    first: NDArray[np.uint16], second: NDArray[np.uint16]
) -> None:
    """And the events hold all abnormal volume there is."""
    before, after = analysis_of(first), analysis_of(second, index=1)
    events = _change(before, after).events
    assert Counter(name for event in events for name in event.before) == Counter(
        region.id for region in before.regions
    )
    assert Counter(name for event in events for name in event.after) == Counter(
        region.id for region in after.regions
    )
    held = sum(event.volume_after_ml for event in events)
    assert np.isclose(held, after.abnormal.volume_ml)


@settings(max_examples=25, deadline=None)
@given(label_maps(), label_maps())
def test_transitions_keep_the_volume(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> None:
    """Rows of the table sum to the tissue that lies in both organs."""
    before, after = analysis_of(first), analysis_of(second, index=1)
    change = _change(before, after)
    assert change.transitions is not None
    assert change.trend is not None
    table = np.array(change.transitions.volume_ml)
    both = np.count_nonzero(before.roi.mask.voxels & after.roi.mask.voxels)
    assert np.isclose(table.sum(), both * GRID.voxel_volume_ml)
    trace = np.count_nonzero(change.trend)
    assert np.isclose(table.sum() - np.trace(table), trace * GRID.voxel_volume_ml)
