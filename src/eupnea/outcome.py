"""How an analysis ended, as it is remembered and told."""

from __future__ import annotations

import traceback
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from eupnea.analysis import Analysis
from eupnea.errors import EupneaError, Refusal, UsageError

USAGE = "USAGE"
"""The code of what was asked for wrongly, such as a wrong number of dates."""

DIED = "PROCESS_DIED"
"""The code of an analysis that its process did not survive, mostly for want of memory."""


class Outcome(StrEnum):
    """What became of it."""

    MEASURED = "measured"
    PARTLY = "partly"
    """Some of the scans were refused, the others are measured."""
    REFUSED = "refused"
    """None of the scans can be measured; the code says why."""
    FAILED = "failed"
    """Eupnea, or the process that it ran in, broke down."""

    @property
    def has_result(self) -> bool:
        """Whether there is an output folder."""
        return self in (Outcome.MEASURED, Outcome.PARTLY)


class End(BaseModel):
    """What became of it, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    code: str | None = None
    """Of a refusal, or the kind of a breakdown."""
    text: str = ""

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        """The end of an analysis that has an answer; a scan that was left out says why."""
        if analysis.is_complete:
            return cls(outcome=Outcome.MEASURED)
        first = analysis.refused[0]
        return cls(outcome=Outcome.PARTLY, code=first.code, text=first.text)

    @classmethod
    def by(cls, error: BaseException) -> Self:
        """The end by an error.

        Of one that was not raised on purpose only kind and place are told: its message may tell
        who the patient is.
        """
        if isinstance(error, Refusal):
            return cls(outcome=Outcome.REFUSED, code=error.code.value, text=str(error))
        if isinstance(error, UsageError):
            return cls(outcome=Outcome.FAILED, code=USAGE, text=str(error))
        kind = type(error).__name__
        if isinstance(error, EupneaError):
            return cls(outcome=Outcome.FAILED, code=kind, text=str(error))
        return cls(outcome=Outcome.FAILED, code=kind, text=f"{kind} in {_place(error)}")


def _place(error: BaseException) -> str:
    """The line that raised an error, the last of Eupnea's own if any was."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "eupnea" in Path(frame.filename).parts] or frames
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else "an unknown place"
