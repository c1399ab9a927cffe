"""One DICOM header without the patient."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from pydicom import Dataset
from pydicom.dataelem import DataElement

from eupnea.deidentify.descriptor import clean, clean_kernel
from eupnea.deidentify.key import Key
from eupnea.read.attributes import text, texts
from eupnea.read.foreign import FOREIGN_ERRORS
from eupnea.version import __version__

PROFILE = "profile.toml"
METHOD = f"Eupnea {__version__}: PS3.15 Basic Profile; only listed attributes kept"
OPTIONS = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113105", "Clean Descriptors Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
)
"""Codes of scheme DCM (PS3.16 CID 7050)."""
TYPE_2 = {
    "Manufacturer",
    "KVP",
    "StudyDate",
    "StudyTime",
    "SeriesNumber",
    "InstanceNumber",
    "AcquisitionNumber",
    "PatientPosition",
}
"""A CT must have them, and may leave them empty (PS3.3 A.3): emptied where they cannot stay."""
STANDARD_ROOT = "1.2.840.10008."

_CLOCK = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?|[+-]\d{4}")
_STAMP = re.compile(r"(\d{8})(\d{0,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)")


def deidentified(header: Dataset, key: Key, *, patient: str) -> Dataset:
    """A new header with what the profile keeps, and a statement of what was done.

    Args:
        header: Stays as it is.
        key: Where the new names come from.
        patient: Whose dates these are: the patient's old number.
    """
    made = _Cleaner(key=key, shift=key.shift(patient)).clean(header)
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = METHOD
    made.DeidentificationMethodCodeSequence = [_code(*option) for option in OPTIONS]
    made.LongitudinalTemporalInformationModified = "MODIFIED"
    return made


@dataclass(frozen=True, kw_only=True)
class _Cleaner:
    """Applies the profile to a header and to the sequences that stay."""

    key: Key
    shift: timedelta

    def clean(self, header: Dataset) -> Dataset:
        made = Dataset()
        for keyword, action in _profile().items():
            element = _readable(header, keyword)
            value = element and getattr(self, action)(header, keyword)
            if element is not None and value is not None:
                made.add(DataElement(element.tag, element.VR, value))
            elif keyword in TYPE_2 and keyword in header:
                setattr(made, keyword, None)
        return made

    def number(self, header: Dataset, keyword: str) -> Any:
        numbers = all(_is_number(part) for part in texts(header, keyword))
        return header[keyword].value if numbers else None

    def words(self, header: Dataset, keyword: str) -> list[str] | None:
        return _some(clean(part) for part in texts(header, keyword))

    def kernel(self, header: Dataset, keyword: str) -> list[str] | None:
        return _some(clean_kernel(part) for part in texts(header, keyword))

    def uid(self, header: Dataset, keyword: str) -> list[str] | None:
        return _some(
            part if part.startswith(STANDARD_ROOT) else self.key.uid(part)
            for part in texts(header, keyword)
        )

    def date(self, header: Dataset, keyword: str) -> str | None:
        return self._shifted(text(header, keyword) or "")

    def date_time(self, header: Dataset, keyword: str) -> str | None:
        found = _STAMP.fullmatch(text(header, keyword) or "")
        day = self._shifted(found[1]) if found else None
        return f"{day}{found[2]}" if found and day else None

    def time(self, header: Dataset, keyword: str) -> str | None:
        found = text(header, keyword) or ""
        return found if _CLOCK.fullmatch(found) else None

    def pseudonym(self, header: Dataset, keyword: str) -> str:
        del keyword
        return self.key.pseudonym(text(header, "PatientID") or "")

    def empty(self, header: Dataset, keyword: str) -> str:
        del header, keyword
        return ""

    def sequence(self, header: Dataset, keyword: str) -> list[Dataset] | None:
        items = header[keyword].value
        return [self.clean(item) for item in items] if header[keyword].VR == "SQ" else None

    def pixels(self, header: Dataset, keyword: str) -> bytes:
        value: bytes = header[keyword].value
        return value

    def _shifted(self, day: str) -> str | None:
        try:
            return f"{datetime.strptime(day, '%Y%m%d') - self.shift:%Y%m%d}"  # noqa: DTZ007
        except (ValueError, OverflowError):
            return None


@cache
def _profile() -> dict[str, str]:
    """Action by keyword."""
    table = tomllib.loads((files(__package__) / PROFILE).read_text(encoding="utf-8"))
    return {keyword: action for action, keywords in table.items() for keyword in keywords}


def _readable(header: Dataset, keyword: str) -> DataElement | None:
    """An attribute; `None` where it is absent, or is not of the kind that it should be."""
    try:
        return header[keyword]
    except FOREIGN_ERRORS:
        return None


def _some(values: Any) -> list[str] | None:
    found = [value for value in values if value]
    return found or None


def _is_number(part: str) -> bool:
    try:
        return math.isfinite(float(part))
    except ValueError:
        return part.startswith("(") and part.endswith(")")


def _code(value: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, "DCM", meaning
    return made
