"""From DICOM files to one scan per study."""

from __future__ import annotations

from collections.abc import Iterable

from eupnea.errors import Refusal
from eupnea.read.acquired_at import UNKNOWN, moment_of
from eupnea.read.assemble import assemble
from eupnea.read.battery import examine
from eupnea.read.choose import by_preference
from eupnea.read.dicom_series import find_series
from eupnea.read.draft import TIME_UNKNOWN, Draft
from eupnea.read.finding import Finding, Tools
from eupnea.read.ledger import Ledger
from eupnea.read.occasion import group_occasions
from eupnea.read.options import ReadOptions
from eupnea.read.pixels import PixelReader
from eupnea.read.series import Series
from eupnea.read.source_file import SourceFile


def read_dicom(files: Iterable[SourceFile], *, ledger: Ledger, options: ReadOptions) -> list[Draft]:
    """One scan for each study among the files; the ledger learns the rest.

    Raises:
        Refusal: `PATIENT_MIXED`.
    """
    tools = Tools(options=options, pixels=PixelReader(limits=options.limits))
    drafts = []
    for occasion in group_occasions(find_series(files, ledger=ledger, options=options)):
        draft = _read_one(by_preference(occasion), ledger, tools)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _read_one(candidates: tuple[Series, ...], ledger: Ledger, tools: Tools) -> Draft | None:
    """The best candidate that can be measured; `None`, and a refused scan, without one."""
    first: Refusal | None = None
    draft = None
    for series in candidates:
        if draft is not None:
            ledger.set_aside(series, f"another series of the scan was preferred: {draft.name}")
            continue
        mended, findings = examine(series, tools)
        try:
            draft = _assemble(mended, findings, tools)
            ledger.used(series, "the scan of its study", findings)
        except Refusal as refusal:
            ledger.series_refused(series, refusal, findings)
            first = first or refusal
    if draft is None and first is not None:
        ledger.scan_refused(candidates[0].name, first)
    return draft


def _assemble(series: Series, findings: tuple[Finding, ...], tools: Tools) -> Draft:
    for finding in findings:
        if finding.refusal is not None:
            raise finding.refusal
    moment = moment_of(one.attributes for one in series.slices)
    undated = () if moment.when is not None else (TIME_UNKNOWN,)
    scan = assemble(
        series,
        acquired_at=moment.when or UNKNOWN,
        patient_key=None,
        notes=(*(finding.note for finding in findings), *moment.notes, *undated),
        pixels=tools.pixels,
    )
    return Draft(name=series.name, scan=scan, moment=moment, identity=series.first.identity)
