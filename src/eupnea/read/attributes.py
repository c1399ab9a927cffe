"""Header values as plain Python: the value, or `None` where it is absent or malformed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pydicom import Dataset

from eupnea.read.foreign import FOREIGN_ERRORS


def value(header: Dataset, keyword: str) -> Any:
    """The raw value of an attribute; `None` when absent, empty or undecodable."""
    try:
        found = header.get(keyword)
    except FOREIGN_ERRORS:
        return None
    return None if found is None or found == "" else found


def text(header: Dataset, keyword: str) -> str | None:
    """The first value as stripped text."""
    found = texts(header, keyword)
    return found[0] if found else None


def texts(header: Dataset, keyword: str) -> tuple[str, ...]:
    """All values as stripped text."""
    found = value(header, keyword)
    if found is None or isinstance(found, bytes | Dataset):
        return ()
    many = [found] if isinstance(found, str) or not isinstance(found, Iterable) else list(found)
    return tuple(part for item in many if (part := str(item).strip("\0 ")))


def number(header: Dataset, keyword: str) -> float | None:
    """The first value as a finite float."""
    found = numbers(header, keyword)
    return found[0] if found else None


def numbers(header: Dataset, keyword: str) -> tuple[float, ...] | None:
    """All values as finite floats; `None` when one of them is not."""
    try:
        found = tuple(float(part) for part in texts(header, keyword))
    except ValueError:
        return None
    return found if found and all(math.isfinite(part) for part in found) else None


def integer(header: Dataset, keyword: str) -> int | None:
    """The first value as an integer."""
    found = number(header, keyword)
    return int(found) if found is not None and found == int(found) else None
