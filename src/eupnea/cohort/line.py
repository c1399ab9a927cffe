"""One case as the report and the tables tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eupnea.cohort.plan import CohortPlan
from eupnea.cohort.record import Record, Records, sha256_of
from eupnea.write.document import AnalysisDocument, ChangeDocument, ScanDocument
from eupnea.write.report.summary import overall_change

COMPARABILITY = "COMPARABILITY_"
"""Begins the codes of notes on how two scans were taken unlike."""


class Course(StrEnum):
    """Where the abnormal share went from the first scan to the last."""

    MORE = "more"
    LESS = "less"
    WITHIN = "within"
    """A repeat scan could show as much change."""
    UNJUDGED = "unjudged"
    """The two scans do not show the same of the organ."""
    ONCE = "once"
    """There is one scan."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A case, what became of it, and its answer if it has one."""

    case: str
    record: Record | None
    """`None` while it is not done."""
    document: AnalysisDocument | None = None

    @property
    def first(self) -> ScanDocument | None:
        """The oldest scan."""
        return self.document.scans[0] if self.document else None

    @property
    def last(self) -> ScanDocument | None:
        """The newest scan."""
        return self.document.scans[-1] if self.document else None

    @property
    def change(self) -> ChangeDocument | None:
        """The last scan against the first; `None` where there is one scan."""
        return overall_change(self.document) if self.document else None

    @property
    def course(self) -> Course:
        """Where the abnormal share went."""
        if self.change is None:
            return Course.ONCE
        abnormal = self.change.abnormal
        if abnormal.beyond_repeatability is None:
            return Course.UNJUDGED
        if not abnormal.beyond_repeatability:
            return Course.WITHIN
        return Course.MORE if abnormal.volume_change_ml > 0 else Course.LESS

    @property
    def unlike(self) -> tuple[str, ...]:
        """Codes of what the first and the last scan differ in, which may have made a change."""
        notes = self.change.notes if self.change else ()
        return tuple(dict.fromkeys(n.code for n in notes if n.code.startswith(COMPARABILITY)))


def lines(plan: CohortPlan, records: Records) -> tuple[Line, ...]:
    """All cases of a cohort, in the order of the plan.

    An answer is told only if it is the one that its record speaks of.
    """
    return tuple(_line(case.name, records) for case in plan.cases)


def _line(case: str, records: Records) -> Line:
    record = records.find(case)
    if record is None or not record.outcome.has_result:
        return Line(case=case, record=record)
    content = records.document(case)
    if content is None or record.document_sha256 != sha256_of(content):
        return Line(case=case, record=None)
    document = AnalysisDocument.model_validate_json(content)
    return Line(case=case, record=record, document=document)
