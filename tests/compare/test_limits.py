"""What a repeat scan could show by itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eupnea.compare import RepeatabilityLimits, SizeLimit
from eupnea.errors import UsageError

VOLUMES = st.floats(0.001, 3000)


@settings(deadline=None)
@given(VOLUMES, VOLUMES)
def test_exchanging_the_scans_keeps_the_verdict(before: float, after: float) -> None:
    """What grew beyond the limit one way shrank beyond it the other way."""
    limits = RepeatabilityLimits()
    assert limits.is_beyond(before, after) == limits.is_beyond(after, before)


@settings(deadline=None)
@given(VOLUMES, VOLUMES)
def test_verdict_and_percentage_agree(before: float, after: float) -> None:
    """A change is beyond the limit when its percentage is; rounding apart."""
    limits = RepeatabilityLimits()
    change = abs(after - before) / before * 100
    limit = limits.percent(before, after)
    if not math.isclose(change, limit, rel_tol=1e-9):
        assert limits.is_beyond(before, after) == (change > limit)


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        (10, 12.5, False),
        (10, 12.6, True),
        (12.6, 10, True),
        (0.02, 0.045, False),
        (0.5, 0.68, False),
        (0.1, 0.15, True),
    ],
)
def test_known_cases(before: float, after: float, *, beyond: bool) -> None:
    """The factor decides on large regions, the floor on small ones."""
    assert RepeatabilityLimits().is_beyond(before, after) is beyond


def test_sizes_have_limits_of_their_own() -> None:
    """The mean of both volumes chooses."""
    limits = RepeatabilityLimits(
        sizes=(SizeLimit(from_ml=0, factor=2.0), SizeLimit(from_ml=5, factor=1.1))
    )
    assert (limits.factor(1, 2), limits.factor(4, 7)) == (2.0, 1.1)
    assert limits.percent(6, 7) == pytest.approx(10)


def test_nothing_before_has_no_limit() -> None:
    """A percentage of nothing is not one."""
    assert RepeatabilityLimits().percent(0, 3) == math.inf


def test_limits_named_by_a_user_hold_for_every_size() -> None:
    """A percentage up, the same factor down, and a floor; nonsense is a usage error."""
    limits = RepeatabilityLimits.of(50, 200)
    assert [limits.is_beyond(a, b) for a, b in ((10, 14.9), (10, 15.1), (15.1, 10))] == [
        False,
        True,
        True,
    ]
    assert not limits.is_beyond(0.1, 0.29)
    assert str(limits) == "50 % from 0 ml, and 200 mm3"
    for percent, floor in ((-1, 30), (25, -1), (float("nan"), 30), (25, float("inf"))):
        with pytest.raises(UsageError):
            RepeatabilityLimits.of(percent, floor)
