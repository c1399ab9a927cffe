"""What a client asks to be measured, and what it is told of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from eupnea.analysis import Analysis
from eupnea.outcome import End, Outcome


class Order(BaseModel):
    """One patient's scans, and how to read them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)] = ""
    """What the client calls it; nothing of the scans is taken for it."""
    dates: Annotated[tuple[date, ...], Field(max_length=1000)] = ()
    """One per source, where sources do not tell; each must then hold one scan."""
    deidentify: bool = False
    same_patient: bool = False
    fill_gaps: bool = False
    harmonise: bool = False


class State(StrEnum):
    """How far an analysis is that has not ended."""

    OPEN = "open"
    """Its files are being sent."""
    WAITING = "waiting"
    RUNNING = "running"


class Doing(BaseModel):
    """The step that runs."""

    model_config = ConfigDict(frozen=True)

    name: str
    done: int
    total: int


class ScanLine(BaseModel):
    """One scan in a list of analyses."""

    model_config = ConfigDict(frozen=True)

    acquired_at: datetime
    abnormal_ml: float
    abnormal_fraction: float
    """Share of the organ, 0 to 1."""


class Ended(End):
    """How an analysis ended, and what it found."""

    seconds: float = 0.0
    scans: tuple[ScanLine, ...] = ()
    """Oldest first."""

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        """The end of an analysis that has an answer."""
        scans = tuple(
            ScanLine(
                acquired_at=found.scan.acquired_at,
                abnormal_ml=round(found.abnormal.volume_ml, 3),
                abnormal_fraction=round(found.abnormal.fraction, 5),
            )
            for found in analysis.scans
        )
        return super().of(analysis).model_copy(update={"scans": scans})


class JobDocument(BaseModel):
    """What a client is told of one analysis."""

    model_config = ConfigDict(frozen=True)

    id: str
    order: Order
    created_at: datetime
    state: State | Outcome
    doing: Doing | None = None
    ended: Ended | None = None

    @property
    def has_result(self) -> bool:
        """Whether there is an answer to look at."""
        return self.ended is not None and self.ended.outcome.has_result
