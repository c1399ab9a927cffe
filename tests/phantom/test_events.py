"""True events: regions are matched by the foci that they share."""

from __future__ import annotations

import pytest

from eupnea.analysis import EventKind
from eupnea.phantom.events import true_events
from eupnea.phantom.truth import TrueRegion


def region(*foci: int, ml: float = 2.0) -> TrueRegion:
    """A region of some foci."""
    return TrueRegion(
        id=f"L{foci[0]}", label=foci[0], foci=foci, kinds=(), volume_ml=ml, centroid_mm=(0, 0, 0)
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([], [region(1)], EventKind.NEW),
        ([region(1)], [], EventKind.RESOLVED),
        ([region(1)], [region(1, ml=2.6)], EventKind.GROWN),
        ([region(1)], [region(1, ml=1.4)], EventKind.SHRUNK),
        ([region(1)], [region(1, ml=2.4)], EventKind.STABLE),
        ([region(1, ml=0.02)], [region(1, ml=0.04)], EventKind.STABLE),
        ([region(1), region(2)], [region(1, 2)], EventKind.MERGED),
        ([region(1, 2)], [region(1), region(2)], EventKind.SPLIT),
    ],
)
def test_each_kind_is_told_apart(
    before: list[TrueRegion], after: list[TrueRegion], kind: EventKind
) -> None:
    """One history, one event, of the right kind."""
    (event,) = true_events(before, after)
    assert event.kind is kind
    assert event.before == tuple(r.id for r in before)
    assert event.after == tuple(r.id for r in after)


def test_regions_that_share_nothing_have_their_own_events() -> None:
    """Two stable regions and a new one make three events."""
    events = true_events([region(1), region(4)], [region(1), region(4), region(6)])
    assert [event.kind.value for event in events] == ["stable", "stable", "new"]
