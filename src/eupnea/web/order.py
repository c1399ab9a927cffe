"""What a client asks to be measured, and what it is told of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from eupnea.analysis import Analysis


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
    """How far an analysis is."""

    OPEN = "open"
    """Its files are being sent."""
    WAITING = "waiting"
    RUNNING = "running"
    MEASURED = "measured"
    PARTLY = "partly"
    """Some of its scans were refused, the others are measured."""
    REFUSED = "refused"
    """None of its scans can be measured."""
    FAILED = "failed"
    """Eupnea broke down."""

    @property
    def has_result(self) -> bool:
        """Whether there is an answer to look at."""
        return self in (State.MEASURED, State.PARTLY)


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


class Ended(BaseModel):
    """How an analysis ended."""

    model_config = ConfigDict(frozen=True)

    state: State
    code: str | None = None
    """Of a refusal, or the kind of a breakdown."""
    text: str = ""
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
        if analysis.is_complete:
            return cls(state=State.MEASURED, scans=scans)
        first = analysis.refused[0]
        return cls(state=State.PARTLY, code=first.code, text=first.text, scans=scans)


class JobDocument(BaseModel):
    """What a client is told of one analysis."""

    model_config = ConfigDict(frozen=True)

    id: str
    order: Order
    created_at: datetime
    state: State
    doing: Doing | None = None
    ended: Ended | None = None
