"""What a cohort is, and how each of its cases is measured: `cohort.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from eupnea.cohort.case import CohortCase
from eupnea.errors import UsageError
from eupnea.write.whole import remember

FILE = "cohort.json"
CASES = "cases"
"""The folder that holds an output folder for each case."""


class Settings(BaseModel):
    """The options of `eupnea analyze` that hold for all cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    normal: str | None = None
    model: Path | None = None
    fill_gaps: bool = False
    same_patient: bool = False
    nifti_affine: Literal["sform", "qform"] | None = None
    harmonise: bool = False
    change_limit: float | None = None
    change_floor: float = 30.0
    seg: Literal["binary", "labelmap"] = "binary"
    deidentify: bool = False
    key: Path | None = None
    """Where the secret for de-identification lies; never the secret itself."""


class CohortPlan(BaseModel):
    """The cases and the settings of one cohort."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    schema_name: Literal["eupnea/cohort/1"] = Field(
        default="eupnea/cohort/1",
        validation_alias=AliasChoices("schema", "schema_name"),
        serialization_alias="schema",
    )
    settings: Settings = Settings()
    cases: tuple[CohortCase, ...]

    def write(self, folder: Path) -> None:
        """Remembers the cohort in its folder.

        Raises:
            OutputError: It cannot be written.
        """
        remember(folder / FILE, self)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The cohort of a folder.

        Raises:
            UsageError: The folder holds none.
        """
        try:
            return cls.model_validate_json((folder / FILE).read_bytes())
        except OSError as error:
            raise UsageError(f"{folder} is no cohort: it holds no {FILE}") from error
        except ValidationError as error:
            raise UsageError(f"{folder / FILE} is not what eupnea cohort run writes") from error


def check_folder(folder: Path) -> None:
    """Refuses a folder that holds something else than a cohort.

    Raises:
        UsageError: It is a file, or holds files and no cohort.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; --out needs a folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / FILE).exists():
        raise UsageError(f"{folder} is not empty, and is not an earlier cohort")
