"""Errors: one tree, stable codes, sentences that say what was expected and found."""

from __future__ import annotations

import pytest

from eupnea import errors
from eupnea.errors import EupneaError, Refusal, RefusalCode


def test_a_refusal_says_code_expected_found_and_where() -> None:
    """The sentence can be acted on without reading the source."""
    refusal = Refusal(RefusalCode.SLICES_MISSING, expected="24", found="23", where="z = -78 mm")
    assert str(refusal) == "SLICES_MISSING: expected 24, found 23 (z = -78 mm)"


def test_every_code_is_its_own_name() -> None:
    """Programs that match on text and programs that match on the enum agree."""
    assert all(code.value == code.name for code in RefusalCode)


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [
        ("EupneaError", 1),
        ("UsageError", 2),
        ("ExtraMissing", 2),
        ("Refusal", 3),
        ("OutputError", 5),
        ("ModelError", 6),
    ],
)
def test_exit_codes_are_the_contract(name: str, exit_code: int) -> None:
    """Each branch of the tree leaves with the code that the contract gives it."""
    kind = getattr(errors, name)
    assert issubclass(kind, EupneaError)
    assert kind.exit_code == exit_code
