"""`eupnea check`: the verdict on each series, code by code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from eupnea.cli.arguments import (
    AsJson,
    Dates,
    FillGaps,
    NiftiAffine,
    SamePatient,
    Sources,
    read_options,
)
from eupnea.errors import Refusal

if TYPE_CHECKING:
    from eupnea.read import Verdict, Verdicts
    from eupnea.read.finding import Finding


def check(
    sources: Sources,
    *,
    dates: Dates = None,
    fill_gaps: FillGaps = False,
    same_patient: SamePatient = False,
    nifti_affine: NiftiAffine = None,
    as_json: AsJson = False,
) -> None:
    """Say of each series whether it can be measured, and what to do if not.

    Nothing is measured or written. Exits with 3 when anything is refused that
    `eupnea analyze` would refuse with the same options.

    Example: `eupnea check ~/ct/patient7`
    """
    from eupnea.read import check as judge

    options = read_options(
        fill_gaps=fill_gaps, same_patient=same_patient, nifti_affine=nifti_affine
    )
    verdicts = judge(sources, dates=dates or None, options=options)
    typer.echo(json.dumps(_as_dict(verdicts), indent=1) if as_json else _as_text(verdicts))
    if verdicts.is_refused:
        raise typer.Exit(Refusal.exit_code)


def _as_text(verdicts: Verdicts) -> str:
    parts = [_describe(verdict) for verdict in verdicts.series]
    if verdicts.refusal is not None:
        parts.append(f"No timeline: {verdicts.refusal}\n  {verdicts.fix}")
    used = sum(file.used for file in verdicts.files)
    aside = [f"  {file.path}: {file.reason}" for file in verdicts.files if not file.used]
    parts.append(f"{used} of {len(verdicts.files)} files used")
    return "\n".join([*parts, *aside])


def _describe(verdict: Verdict) -> str:
    lines = [f"{verdict.outcome.upper()}  {verdict.series} ({verdict.slices} slices)"]
    lines.append(f"  {verdict.reason}")
    lines += [f"  {finding.code}: {finding.text} {finding.fix}" for finding in verdict.findings]
    return "\n".join(lines)


def _as_dict(verdicts: Verdicts) -> dict[str, Any]:
    refusal = verdicts.refusal
    return {
        "schema": "eupnea/check/1",
        "series": [_verdict_as_dict(verdict) for verdict in verdicts.series],
        "files": [
            {"path": file.path, "used": file.used, "reason": file.reason} for file in verdicts.files
        ],
        "refusal": None
        if refusal is None
        else {"code": refusal.code, "text": str(refusal), "fix": verdicts.fix},
    }


def _verdict_as_dict(verdict: Verdict) -> dict[str, Any]:
    return {
        "series": verdict.series,
        "slices": verdict.slices,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "findings": [_finding_as_dict(finding) for finding in verdict.findings],
    }


def _finding_as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": "refused" if finding.refusal else finding.severity,
        "text": finding.text,
        "fix": finding.fix,
    }
