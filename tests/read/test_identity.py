"""Identity: one person or two, and nothing shown."""

from __future__ import annotations

from itertools import permutations

import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.identity import Identity, refuse_mixed

WHOLE = Identity(patient_id="7", issuer="A", birth_date="19500101", sex="F", person_name="X")


@pytest.mark.parametrize(
    "other",
    [
        Identity(patient_id="8"),
        Identity(patient_id="7", issuer="B"),
        Identity(patient_id="7", birth_date="19500102"),
        Identity(patient_id="7", sex="M"),
    ],
    ids=str,
)
def test_any_contradiction_is_another_person(other: Identity) -> None:
    """Number, issuer, birth date and sex each tell two people apart."""
    assert WHOLE.conflicts(other)
    assert other.conflicts(WHOLE)


def test_silence_is_no_contradiction() -> None:
    """A field that one of the two leaves out does not count."""
    assert not WHOLE.conflicts(Identity())
    assert not WHOLE.conflicts(Identity(patient_id="7"))


def test_names_count_within_a_series_alone() -> None:
    """A name may change between scans, and never between slices."""
    renamed = Identity(patient_id="7", person_name="Y")
    assert not WHOLE.conflicts(renamed)
    assert WHOLE.conflicts(renamed, names=True)


def test_a_silent_identity_does_not_hide_a_conflict() -> None:
    """Two people are told apart in any order, whatever lies between them."""
    people = [("a", Identity(sex="F")), ("b", Identity()), ("c", Identity(sex="M"))]
    for order in permutations(people):
        with pytest.raises(Refusal) as caught:
            refuse_mixed(order, expected="one patient")
        assert caught.value.code is RefusalCode.PATIENT_MIXED
        assert caught.value.found == "several patients (another sex)"
        assert caught.value.where == "a, c"


def test_the_key_tells_nothing() -> None:
    """The key is one-way, the same each time, and absent without a number."""
    assert WHOLE.key == Identity(**vars(WHOLE)).key
    assert WHOLE.key is not None
    assert len(WHOLE.key) == 64
    assert Identity(person_name="X").key is None


def test_representations_are_blank() -> None:
    """An identity that lands in a log shows no field."""
    assert repr(WHOLE) == "Identity()"
