"""What a reader must know beside the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a note bears on the numbers."""

    INFO = "info"
    """Said for the record; the numbers stand."""
    CAUTION = "caution"
    """The numbers stand with a reservation that the text names."""
    WARNING = "warning"
    """A number may be misleading; read the text before using it."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A coded remark about a scan or a change."""

    code: str
    """Stable, upper case, such as `LUNG_TRUNCATED`."""
    text: str
    """One or two sentences for a reader; never a patient's name."""
    severity: Severity = Severity.CAUTION
