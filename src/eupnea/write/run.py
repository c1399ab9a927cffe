"""`run.json`: what ran, on which files, with which options, for how long."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AliasChoices, Field

from eupnea.analysis import Analysis
from eupnea.write.document import (
    Document,
    GeneratorDocument,
    MethodDocument,
    MethodsDocument,
    RefusedDocument,
)

LIBRARIES = ("numpy", "scipy", "SimpleITK", "onnxruntime", "pydicom", "highdicom", "nibabel")
"""Libraries whose version can change a number or an output."""

Seconds = Annotated[float, AfterValidator(lambda value: round(value, 3))]


class FileDocument(Document):
    """One file of the source, and what became of it."""

    path: str
    """Relative to the source that the user named."""
    used: bool
    reason: str


class RunRecord(Document):
    """The record of one run, enough to explain it and to run it again."""

    schema_name: Literal["eupnea/run/1"] = Field(
        default="eupnea/run/1",
        validation_alias=AliasChoices("schema", "schema_name"),
        serialization_alias="schema",
    )
    generator: GeneratorDocument = GeneratorDocument()
    python: str
    libraries: dict[str, str]
    methods: MethodsDocument
    options: dict[str, str]
    seconds: dict[str, Seconds]
    """Wall-clock time of each step."""
    files_used: int
    files_set_aside: int
    files: tuple[FileDocument, ...]
    """Every file of the source."""
    refused: tuple[RefusedDocument, ...]

    @classmethod
    def of(
        cls,
        analysis: Analysis,
        *,
        options: Mapping[str, str] | None = None,
        seconds: Mapping[str, float] | None = None,
    ) -> Self:
        """The record of the run that made an analysis.

        Args:
            analysis: The answer, with its files and refusals.
            options: What the user asked for, beside the analysis' own options.
            seconds: Wall-clock time of each step.
        """
        used = sum(file.used for file in analysis.files)
        return cls(
            python=platform.python_version(),
            libraries={name: version(name) for name in LIBRARIES},
            methods=MethodsDocument(
                roi=MethodDocument.model_validate(analysis.roi_method),
                normal=MethodDocument.model_validate(analysis.normal_method),
            ),
            options={**analysis.options, **(options or {})},
            seconds=dict(seconds or {}),
            files_used=used,
            files_set_aside=len(analysis.files) - used,
            files=tuple(map(FileDocument.model_validate, analysis.files)),
            refused=tuple(map(RefusedDocument.model_validate, analysis.refused)),
        )
