"""The images to label, in order, with the side of each and the reason."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eupnea.errors import Refusal, RefusalCode
from eupnea.label.effort import BASIS
from eupnea.label.plan import LabelType, Reason, SizeMeasure, Strategy

WORKLIST = "worklist.json"

COLUMNS = (
    "rank", "case", "patient", "source", "acquired_at", "label_type", "reason", "largest_ml",
    "total_ml", "count", "fraction", "minutes", "score", "uncertainty", "change", "novelty_hu",
    "labelled", "sentence",
)  # fmt: skip

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would run as a formula when a spreadsheet opens it."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cuts(_Document):
    """The thresholds that decided; see `eupnea.label.Thresholds`."""

    size_ml: float
    count: int
    fraction: float
    measure: SizeMeasure


class WorkItem(_Document):
    """One image to label."""

    rank: int
    """1 is to be labelled first."""
    case: str
    """Names the image in all that follows, such as `P001_00`: patient and scan."""
    patient: str
    source: str
    """The path that the user named."""
    acquired_at: datetime | None
    """`None` when the source does not tell."""
    folder: str
    """Holds the scan, the organ and the prelabel; relative to the worklist."""
    label_type: LabelType
    """The side to draw."""
    prelabels: dict[str, str]
    """The files to draw on, in `folder`, each with its content hash (SHA-256) as it was written."""
    reason: Reason
    sentence: str
    largest_ml: float
    total_ml: float
    count: int
    fraction: float
    minutes: float
    """Estimated working time."""
    score: float
    """How much is to be learnt, 0 to 1."""
    uncertainty: float | None
    change: float | None
    novelty_hu: float
    labelled: bool = False
    """Whether the learning set that was named has a label of this image; such come last."""


class LeftOut(_Document):
    """A source that could not be planned."""

    source: str
    code: str
    text: str


class Worklist(_Document):
    """Every image of a plan, most instructive first; the content of `worklist.json`."""

    format: Literal["eupnea/worklist/1"] = Field(default="eupnea/worklist/1", alias="schema")
    organ: str
    candidates: str
    """What found the candidate regions."""
    candidates_summary: str
    strategy: Strategy = Strategy.THRESHOLDS
    thresholds: Cuts
    minutes_basis: str = BASIS
    labelled: int = 0
    """Images of the learning set so far, which novelty is a distance from as well."""
    items: tuple[WorkItem, ...]
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Worklist:
        """The worklist of a folder that `eupnea label plan` wrote.

        Raises:
            Refusal: `SOURCE_MISSING` or `SOURCE_UNREADABLE`.
        """
        path = folder / WORKLIST
        if not path.is_file():
            raise Refusal(
                RefusalCode.SOURCE_MISSING,
                expected=f"a folder made by eupnea label plan, with a {WORKLIST}",
                found="none",
                where=str(folder),
            )
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise Refusal(
                RefusalCode.SOURCE_UNREADABLE,
                expected="a worklist that this version of Eupnea can read",
                found=f"{error.error_count()} errors",
                where=str(path),
            ) from None

    def item(self, case: str) -> WorkItem | None:
        """The image of a name; `None` when there is none."""
        return next((item for item in self.items if item.case == case), None)

    @property
    def minutes(self) -> float:
        """Estimated working time for all images."""
        return sum(item.minutes for item in self.items)

    def to_json(self) -> str:
        """The same bytes for the same worklist."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"

    def to_csv(self) -> str:
        """One row per image, in order."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for item in self.items:
            row = item.model_dump(mode="json", include=set(COLUMNS))
            writer.writerow({key: _safe(value) for key, value in row.items()})
        return text.getvalue()


def is_plan(folder: Path) -> bool:
    """Whether `eupnea label plan` wrote a folder."""
    return (folder / WORKLIST).exists()


def _safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
