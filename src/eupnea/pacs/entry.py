"""What an archive tells of its studies and series."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from pydicom import Dataset

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.acquired_at import UNKNOWN, moment_of
from eupnea.read.attributes import integer, text
from eupnea.read.body_part import is_chest_unlikely
from eupnea.read.foreign import refusing

HASH_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class Study:
    """One study, as a query answers it."""

    uid: str = field(repr=False)
    patient_id: str = field(repr=False)
    """Empty where the archive states none."""
    at: datetime
    """Date and time of the study; 1900-01-01 where it states none."""
    instances: int | None
    """Of all kinds; `None` where the archive does not count."""

    @classmethod
    def of(cls, row: dict[str, Any], where: str) -> Self:
        """A study from its DICOM JSON."""
        header = parse(row, where)
        return cls(
            uid=required(header, "StudyInstanceUID", where),
            patient_id=text(header, "PatientID") or "",
            at=(moment_of([header]).when or UNKNOWN).replace(tzinfo=None),
            instances=integer(header, "NumberOfStudyRelatedInstances"),
        )

    @property
    def name(self) -> str:
        """A name for folders and messages that tells of the study's date alone."""
        return f"{self.at.date().isoformat()}_{short(self.uid)}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One series, as a query answers it."""

    study: Study
    uid: str = field(repr=False)
    modality: str
    number: int | None
    is_elsewhere: bool
    """Whether it is named as another part of the body than the chest."""

    @classmethod
    def of(cls, row: dict[str, Any], study: Study, where: str) -> Self:
        """A series from its DICOM JSON."""
        header = parse(row, where)
        return cls(
            study=study,
            uid=required(header, "SeriesInstanceUID", where),
            modality=text(header, "Modality") or "",
            number=integer(header, "SeriesNumber"),
            is_elsewhere=is_chest_unlikely(header),
        )

    @property
    def name(self) -> str:
        """A name for folders and messages: its number, and a hash of its identifier."""
        return f"{self.number or 0:04d}_{short(self.uid)}"


def short(uid: str) -> str:
    """A name that tells nothing, the same for the same identifier.

    Examples:
        >>> short("1.2.3"), len(short("../../etc"))
        ('c47f5b18b8a4', 12)
    """
    return hashlib.sha256(uid.encode()).hexdigest()[:HASH_LENGTH]


def parse(row: dict[str, Any], where: str) -> Dataset:
    """A row of DICOM JSON.

    Raises:
        Refusal: `SOURCE_UNREADABLE` when it is none.
    """
    with refusing(where, expected="rows of DICOM JSON"):
        return Dataset.from_json(row)


def required(header: Dataset, keyword: str, where: str) -> str:
    """An identifier without which a row is of no use.

    Raises:
        Refusal: `SERVER_FAILED` when it is absent.
    """
    found = text(header, keyword)
    if found is None:
        raise Refusal(
            RefusalCode.SERVER_FAILED,
            expected=f"a {keyword} in each row",
            found="none",
            where=where,
        )
    return found
