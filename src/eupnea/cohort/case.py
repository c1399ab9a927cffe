"""One patient of a cohort."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LONGEST = 120
"""Characters of a name: with an ending it must fit into the name of a file."""


def _plain(name: str) -> str:
    """A name that can be a folder's: in one piece, printable, not hidden."""
    if name != name.strip() or name.startswith(".") or not name.isprintable() or "/" in name:
        raise ValueError(f"expected a name that a folder can have, found {name!r}")
    return name


CaseName = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_plain)]


class CohortCase(BaseModel):
    """One patient: a name, and where all their scans lie.

    Examples:
        >>> CohortCase(name="S001", sources=(Path("s1/a.nii.gz"),), dates=("2020-03-05",)).name
        'S001'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: CaseName
    """Names the case's folder and stands in the report: a study's number, no patient's name."""
    sources: Annotated[tuple[Path, ...], Field(min_length=1)]
    """As `eupnea analyze` takes them."""
    dates: tuple[str, ...] = ()
    """Of the scans, in the order of `sources`; none where the sources say them."""
