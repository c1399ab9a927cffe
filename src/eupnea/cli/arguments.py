"""Arguments that several commands share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eupnea.read import ReadOptions

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOURCE",
        help="A DICOM folder (any depth, several studies), a DICOM zip, or one NIfTI per scan.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path, typer.Option("--out", "-o", metavar="DIR", help="Folder to write.", show_default=False)
]
Dates = Annotated[
    list[str] | None,
    typer.Option(
        "--dates",
        "-d",
        metavar="D...",
        help="Acquisition dates of NIfTI scans, in the order of the sources (2020-03-05).",
    ),
]
DicomWeb = Annotated[
    str,
    typer.Option(
        "--dicomweb",
        metavar="URL",
        help="Address of the archive's DICOMweb service, without credentials.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")]

DEFAULT_KEY = Path(typer.get_app_dir("eupnea")) / "deidentify.key"
"""In the user's own configuration folder."""


class SegKind(StrEnum):
    """How tissue is stored in DICOM segmentations."""

    BINARY = "binary"
    LABELMAP = "labelmap"


Seg = Annotated[SegKind, typer.Option("--seg", help="How DICOM segmentations store tissue.")]
FillGaps = Annotated[
    bool, typer.Option("--fill-gaps", help="Interpolate single missing slices, with a note.")
]


Harmonise = Annotated[
    bool,
    typer.Option(
        "--harmonise",
        help="Blur thin slices and sharp kernels to those of the other scans, with a note.",
    ),
]


class Affine(StrEnum):
    """Which of two orientations of a NIfTI file counts."""

    SFORM = "sform"
    QFORM = "qform"


NiftiAffine = Annotated[
    Affine | None,
    typer.Option(
        "--nifti-affine",
        help="Which counts where a NIfTI file states two that differ.",
        show_default="sform; refused where they exchange sides",
    ),
]
SamePatient = Annotated[
    bool,
    typer.Option(
        "--same-patient",
        help="You vouch that all scans are of one patient, whatever their headers say.",
    ),
]
ChangeLimit = Annotated[
    float | None,
    typer.Option(
        "--change-limit",
        metavar="PERCENT",
        help="Growth of a region that a repeat scan could show.",
        show_default="25; 40 below 1 ml",
    ),
]
ChangeFloor = Annotated[
    float,
    typer.Option(
        "--change-floor",
        metavar="MM3",
        help="Difference that a repeat scan could show, however small the region.",
    ),
]
NamesFrom = Annotated[
    Path | None,
    typer.Option(
        "--names-from",
        metavar="DIR",
        help="An earlier output of this patient: regions keep the names it gave them.",
        show_default=False,
    ),
]
Deidentify = Annotated[
    bool, typer.Option("--deidentify", help="Write nothing that tells who the patient is.")
]
KeyFile = Annotated[
    Path,
    typer.Option(
        "--key",
        envvar="EUPNEA_DEIDENTIFY_KEY",
        metavar="FILE",
        help="Secret key for de-identification; made when there is none.",
        show_default=False,
    ),
]


def read_options(
    *,
    fill_gaps: bool = False,
    same_patient: bool = False,
    nifti_affine: Affine | None = None,
    harmonise: bool = False,
) -> ReadOptions:
    """How strict to read, from what was typed."""
    from eupnea.read import NiftiAffine as Stated
    from eupnea.read import ReadOptions

    return ReadOptions(
        fill_gaps=fill_gaps,
        same_patient=same_patient,
        nifti_affine=None if nifti_affine is None else Stated[nifti_affine.name],
        harmonise=harmonise,
    )


_DATE_LIKE = re.compile(r"\d{4}-?\d{2}-?\d{2}([T ].*)?$")


def spread_dates(arguments: Sequence[str]) -> list[str]:
    """Let `--dates` take several values: each gets its own `--dates`.

    Examples:
        >>> spread_dates(["a.nii", "b.nii", "--dates", "2020-01-01", "2020-02-01", "--json"])
        ['a.nii', 'b.nii', '--dates', '2020-01-01', '--dates', '2020-02-01', '--json']
    """
    spread: list[str] = []
    in_dates = False
    for argument in arguments:
        if in_dates and spread[-1] != "--dates" and _DATE_LIKE.match(argument):
            spread.append("--dates")
        elif not in_dates or not _DATE_LIKE.match(argument):
            in_dates = argument in ("--dates", "-d")
            spread.append("--dates" if in_dates else argument)
            continue
        spread.append(argument)
    return spread
