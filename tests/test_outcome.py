"""How an analysis ended: the code always, a message only where it was written on purpose."""

from __future__ import annotations

import pytest

from eupnea.errors import EupneaError, ModelError, OutputError, Refusal, RefusalCode, UsageError
from eupnea.outcome import USAGE, End, Outcome

PATIENT = "DOE^JANE"


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (Refusal(RefusalCode.NO_CT, expected="CT", found="none"), Outcome.REFUSED, "NO_CT"),
        (UsageError("two sources need two dates"), Outcome.FAILED, USAGE),
        (OutputError("cannot write: no space left"), Outcome.FAILED, "OutputError"),
        (ModelError("expected a model, found none"), Outcome.FAILED, "ModelError"),
    ],
)
def test_what_was_raised_on_purpose_is_told(
    error: EupneaError, outcome: Outcome, code: str
) -> None:
    """Those messages hold no patient."""
    assert End.by(error) == End(outcome=outcome, code=code, text=str(error))
    assert not outcome.has_result


def test_of_a_breakdown_only_kind_and_place_are_told() -> None:
    """Its message may hold what a header says."""
    known: dict[str, int] = {}
    try:
        known[PATIENT]
    except KeyError as error:
        end = End.by(error)
    assert (end.outcome, end.code) == (Outcome.FAILED, "KeyError")
    assert end.text.startswith("KeyError in test_outcome.py, line ")
    assert End.by(MemoryError(PATIENT)).text == "MemoryError in an unknown place"
