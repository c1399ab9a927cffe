"""Who a scan is of, compared but never shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import combinations

from pydicom import Dataset

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
        return any(
            mine != theirs
            for one in fields(self)
            if (names or one.name != "person_name")
            and (mine := getattr(self, one.name)) is not None
            and (theirs := getattr(other, one.name)) is not None
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


def are_mixed(identities: Iterable[Identity], *, names: bool = False) -> bool:
    """Whether any two of the identities conflict."""
    return any(
        first.conflicts(second, names=names) for first, second in combinations(set(identities), 2)
    )


def _even(found: str | None) -> str | None:
    return " ".join(found.replace("^", " ").upper().split()) or None if found else None
