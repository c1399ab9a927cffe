"""`eupnea analyze`: scans in, the whole answer out."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from eupnea.cli.arguments import (
    DEFAULT_KEY,
    AsJson,
    ChangeFloor,
    ChangeLimit,
    Dates,
    Deidentify,
    FillGaps,
    Harmonise,
    KeyFile,
    NamesFrom,
    NiftiAffine,
    OutFolder,
    SamePatient,
    Seg,
    SegKind,
    Sources,
    read_options,
)
from eupnea.cli.methods import NormalMethod, RoiMasks, Weights

if TYPE_CHECKING:
    from eupnea.compare import RepeatabilityLimits

PARTLY_DONE = 4


def analyze(
    sources: Sources,
    out: OutFolder,
    *,
    dates: Dates = None,
    normal: NormalMethod = None,
    model: Weights = None,
    roi: RoiMasks = None,
    seg: Seg = SegKind.BINARY,
    fill_gaps: FillGaps = False,
    same_patient: SamePatient = False,
    nifti_affine: NiftiAffine = None,
    harmonise: Harmonise = False,
    change_limit: ChangeLimit = None,
    change_floor: ChangeFloor = 30.0,
    names_from: NamesFrom = None,
    deidentify: Deidentify = False,
    key: KeyFile = DEFAULT_KEY,
    as_json: AsJson = False,
) -> None:
    """Measure the normal and abnormal lung in each scan, and what changed between them.

    Writes analysis.json, report.html, tables and masks to the output folder.

    Example: `eupnea analyze baseline/ followup/ --out result`

    Example: `eupnea analyze a.nii.gz b.nii.gz --dates 2020-03-05 2020-06-11 --out result`
    """
    from eupnea.cli.run import run
    from eupnea.deidentify import Key
    from eupnea.write import SegmentationType

    analysis = run(
        sources,
        out,
        dates=dates,
        normal=normal,
        weights=model,
        roi=roi or (),
        reading=read_options(
            fill_gaps=fill_gaps,
            same_patient=same_patient,
            nifti_affine=nifti_affine,
            harmonise=harmonise,
        ),
        key=Key.of_file(key) if deidentify else None,
        limits=limits_of(change_limit, change_floor),
        names_from=names_from,
        segmentation=SegmentationType[seg.name],
    )
    if as_json:
        from eupnea.write import AnalysisDocument

        sys.stdout.write(AnalysisDocument.of(analysis).to_json())
    for left_out in analysis.refused:
        sys.stderr.write(f"eupnea: left out {left_out.source}: {left_out.text}\n")
    if not analysis.is_complete:
        raise typer.Exit(PARTLY_DONE)


def limits_of(percent: float | None, floor_mm3: float) -> RepeatabilityLimits:
    """The limits below which a change is none; those by size where no percentage was named."""
    from eupnea.compare import RepeatabilityLimits

    if percent is not None:
        return RepeatabilityLimits.of(percent, floor_mm3)
    of_all_sizes = RepeatabilityLimits.of(0.0, floor_mm3)
    return replace(RepeatabilityLimits(), floor_ml=of_all_sizes.floor_ml)
