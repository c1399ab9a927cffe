"""From DICOM files to one scan per study."""

from __future__ import annotations

from collections.abc import Iterable

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Severity
from eupnea.read.acquired_at import UNKNOWN, moment_of
from eupnea.read.assemble import assemble
from eupnea.read.battery import examine
from eupnea.read.choose import Kind, by_preference, common_kind, why_less_suited
from eupnea.read.dicom_series import find_series
from eupnea.read.draft import TIME_UNKNOWN, Draft
from eupnea.read.finding import Finding, Tools
from eupnea.read.ledger import Ledger
from eupnea.read.occasion import group_occasions
from eupnea.read.options import ReadOptions
from eupnea.read.pixels import PixelReader
from eupnea.read.remedies import remedy
from eupnea.read.series import Series
from eupnea.read.source_file import SourceFile


def read_dicom(files: Iterable[SourceFile], *, ledger: Ledger, options: ReadOptions) -> list[Draft]:
    """One scan for each study among the files; the ledger learns the rest.

    Raises:
        Refusal: `PATIENT_MIXED`.
    """
    tools = Tools(options=options, pixels=PixelReader(limits=options.limits))
    occasions = group_occasions(find_series(files, ledger=ledger, options=options))
    common = common_kind(occasions)
    drafts = [_read_one(by_preference(one, common), common, ledger, tools) for one in occasions]
    return [draft for draft in drafts if draft is not None]


def _read_one(
    candidates: tuple[Series, ...], common: Kind | None, ledger: Ledger, tools: Tools
) -> Draft | None:
    """The best candidate that can be measured; `None`, and a refused scan, without one."""
    refused: list[Refusal] = []
    for n, series in enumerate(candidates):
        mended, findings = examine(series, tools)
        told = (*findings, *_notes_on_choice(series, refused, ledger))
        try:
            draft = _assemble(mended, told, tools)
        except Refusal as refusal:
            refused.append(refusal)
            known = any(finding.refusal is refusal for finding in findings)
            ledger.series_refused(
                series, findings if known else (*findings, Finding.refused(refusal))
            )
            continue
        ledger.used(series, told)
        for other in candidates[n + 1 :]:
            why = why_less_suited(other, series, common)
            ledger.set_aside(other, f"{series.name} was preferred: {why}")
        return draft
    ledger.scan_refused(candidates[0].name, refused[0])
    return None


def _notes_on_choice(series: Series, refused: list[Refusal], ledger: Ledger) -> tuple[Finding, ...]:
    """What a reader must know of the other series and files of a study."""
    findings = []
    if refused:
        findings.append(
            Finding(
                code="SERIES_FALLBACK",
                text=f"A better series of the study could not be measured ({refused[0].code}).",
                severity=Severity.CAUTION,
                fix="The next best was used.",
            )
        )
    if unreadable := ledger.unreadable_beside(series):
        findings.append(
            Finding(
                code="FILES_UNREADABLE",
                text=f"{unreadable} files beside this series could not be read; "
                "were they its first or last slices, lung is missing.",
                severity=Severity.WARNING,
                fix=remedy(RefusalCode.SOURCE_UNREADABLE),
            )
        )
    return tuple(findings)


def _assemble(series: Series, findings: tuple[Finding, ...], tools: Tools) -> Draft:
    for finding in findings:
        if finding.refusal is not None:
            raise finding.refusal
    moment = moment_of(one.attributes for one in series.slices)
    undated = () if moment.when is not None else (TIME_UNKNOWN,)
    scan = assemble(
        series,
        acquired_at=moment.when or UNKNOWN,
        notes=(*(finding.note for finding in findings), *moment.notes, *undated),
        pixels=tools.pixels,
    )
    return Draft(name=series.name, scan=scan, moment=moment, identity=series.first.identity)
