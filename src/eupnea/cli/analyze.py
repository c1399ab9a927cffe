"""`eupnea analyze`: scans in, the whole answer out."""

from __future__ import annotations

import sys

import typer

from eupnea.cli.arguments import (
    DEFAULT_KEY,
    AsJson,
    Dates,
    Deidentify,
    FillGaps,
    Harmonise,
    KeyFile,
    NiftiAffine,
    OutFolder,
    SamePatient,
    Seg,
    SegKind,
    Sources,
)
from eupnea.cli.methods import NormalMethod, RoiMasks, Weights

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
    from eupnea.read import NiftiAffine as Trusted
    from eupnea.read import ReadOptions
    from eupnea.write import SegmentationType

    analysis = run(
        sources,
        out,
        dates=dates,
        normal=normal,
        weights=model,
        roi=roi or (),
        reading=ReadOptions(
            fill_gaps=fill_gaps,
            same_patient=same_patient,
            nifti_affine=None if nifti_affine is None else Trusted[nifti_affine.name],
            harmonise=harmonise,
        ),
        key=Key.of_file(key) if deidentify else None,
        segmentation=SegmentationType[seg.name],
    )
    if as_json:
        from eupnea.write import AnalysisDocument

        sys.stdout.write(AnalysisDocument.of(analysis).to_json())
    for left_out in analysis.refused:
        sys.stderr.write(f"eupnea: left out {left_out.source}: {left_out.text}\n")
    if not analysis.is_complete:
        raise typer.Exit(PARTLY_DONE)
