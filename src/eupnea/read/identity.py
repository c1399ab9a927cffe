"""Who a scan is of, compared but never shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import combinations

from pydicom import Dataset

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.attributes import text


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What a header says of its patient; `None` where it is silent.

    Two identities conflict when both state a field and state it differently.
    Names are not compared between scans, since they change and are misspelt;
    within one series they are.

    Examples:
        >>> Identity(patient_id="7").conflicts(Identity(patient_id="8"))
        True
        >>> Identity(patient_id="7", sex="F").conflicts(Identity(patient_id="7"))
        False
    """

    patient_id: str | None = field(default=None, repr=False)
    issuer: str | None = field(default=None, repr=False)
    birth_date: str | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    person_name: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, header: Dataset) -> Identity:
        """The identity in a header, blanks and case evened out."""
        return cls(
            patient_id=_even(text(header, "PatientID")),
            issuer=_even(text(header, "IssuerOfPatientID")),
            birth_date=_even(text(header, "PatientBirthDate")),
            sex=_even(text(header, "PatientSex")),
            person_name=_even(text(header, "PatientName")),
        )

    def conflicts(self, other: Identity, *, names: bool = False) -> bool:
        """Whether the two cannot be one person."""
        return bool(self.differs_in(other, names=names))

    def differs_in(self, other: Identity, *, names: bool = False) -> tuple[str, ...]:
        """The fields that both state, and state differently, in words."""
        return tuple(
            one.name.replace("_", " ")
            for one in fields(self)
            if (names or one.name != "person_name")
            and (mine := getattr(self, one.name)) is not None
            and (theirs := getattr(other, one.name)) is not None
            and mine != theirs
        )

    def merged(self, other: Identity) -> Identity:
        """What either of the two states; the first where both do."""
        return Identity(
            **{
                one.name: getattr(self, one.name) or getattr(other, one.name)
                for one in fields(self)
            }
        )

    @property
    def key(self) -> str | None:
        """A one-way hash of issuer, patient number and birth date; `None` without a number."""
        if self.patient_id is None:
            return None
        stated = (self.issuer or "", self.patient_id, self.birth_date or "")
        return hashlib.sha256("\0".join(stated).encode()).hexdigest()


def refuse_mixed(
    stated: Iterable[tuple[str, Identity]], *, expected: str, names: bool = False
) -> None:
    """Holds any two identities against each other.

    Args:
        stated: Files or series, and whom each is of.
        expected: What is of one patient.
        names: Whether names count too.

    Raises:
        Refusal: `PATIENT_MIXED`, with two that cannot be of one person; it
            names what differs, and not how.
    """
    unique: dict[Identity, str] = {}
    for where, identity in sorted(stated, key=lambda one: one[0]):
        unique.setdefault(identity, where)
    for (mine, here), (theirs, there) in combinations(unique.items(), 2):
        if words := mine.differs_in(theirs, names=names):
            raise Refusal(
                RefusalCode.PATIENT_MIXED,
                expected=expected,
                found=f"several patients (another {', another '.join(words)})",
                where=f"{here}, {there}",
            )


def _even(found: str | None) -> str | None:
    return " ".join(found.replace("^", " ").upper().split()) or None if found else None
