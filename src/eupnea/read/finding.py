"""What a check found in a series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eupnea.errors import Refusal
from eupnea.note import Note, Severity
from eupnea.read.options import ReadOptions
from eupnea.read.pixels import PixelReader
from eupnea.read.remedies import remedy
from eupnea.read.series import Series


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a check may use beside the series."""

    options: ReadOptions
    pixels: PixelReader


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A coded remark of one check: how grave it is, and what can be done about it."""

    code: str
    text: str
    severity: Severity
    fix: str
    """What Eupnea did, or what a person can do."""
    refusal: Refusal | None = None
    """Set when the series cannot be measured."""
    mended: Series | None = field(default=None, repr=False)
    """The series without the fault, where Eupnea can put it right."""

    @classmethod
    def refused(cls, refusal: Refusal) -> Finding:
        """The finding that stops a series."""
        place = f" ({refusal.where})" if refusal.where else ""
        return cls(
            code=refusal.code,
            text=f"Expected {refusal.expected}, found {refusal.found}{place}.",
            severity=Severity.WARNING,
            fix=remedy(refusal.code),
            refusal=refusal,
        )

    @property
    def note(self) -> Note:
        """The remark as it travels with the scan."""
        return Note(code=self.code, text=f"{self.text} {self.fix}", severity=self.severity)


Check = Callable[[Series, Tools], Finding | None]
"""One law that a series must keep; `None` when it does."""
