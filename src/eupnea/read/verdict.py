"""What became of each series, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eupnea.analysis import InputFile
from eupnea.errors import Refusal
from eupnea.read.finding import Finding
from eupnea.read.remedies import remedy


class Outcome(StrEnum):
    """What became of a series."""

    USED = "used"
    SET_ASIDE = "set aside"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One series or image file, judged."""

    series: str
    slices: int
    outcome: Outcome
    reason: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """The judgement of a whole source."""

    series: tuple[Verdict, ...]
    files: tuple[InputFile, ...]
    refusal: Refusal | None
    """Why there is no timeline at all; `None` when there is one."""

    @property
    def fix(self) -> str:
        """What a person can do when there is no timeline."""
        return "" if self.refusal is None else remedy(self.refusal.code)

    @property
    def is_refused(self) -> bool:
        """Whether anything was refused."""
        return self.refusal is not None or any(
            verdict.outcome is Outcome.REFUSED for verdict in self.series
        )
