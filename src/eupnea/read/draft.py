"""A scan that has been read, before it is placed in time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Note, Severity
from eupnea.read.acquired_at import UNKNOWN, Moment
from eupnea.read.identity import Identity
from eupnea.read.ledger import Ledger
from eupnea.scan import Scan
from eupnea.timeline import Timeline

TIME_UNKNOWN = Note(
    code="TIME_UNKNOWN",
    text=f"The source states no date; {UNKNOWN.date().isoformat()} stands for it.",
    severity=Severity.CAUTION,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """A scan, where it is from, who it is of, and when it was made if that is known."""

    name: str
    scan: Scan
    moment: Moment
    identity: Identity = field(default_factory=Identity)


def to_timeline(drafts: list[Draft], *, ledger: Ledger) -> Timeline:
    """Scans in order of time; one without a time is left out unless it is alone.

    Raises:
        Refusal: `PATIENT_MIXED`, `TIME_EQUAL`, or the first refusal of a scan
            when none is left.
    """
    dated = drafts if len(drafts) == 1 else [one for one in drafts if one.moment.when is not None]
    for one in drafts:
        if one not in dated:
            ledger.scan_refused(one.name, _undated(one))
    if not dated and ledger.refusals:
        raise ledger.refusals[0]
    return Timeline(scans=_same_key(dated))


def _undated(draft: Draft) -> Refusal:
    return Refusal(
        RefusalCode.TIME_INVALID if draft.moment.has_bad_date else RefusalCode.TIME_MISSING,
        expected="an acquisition date for each of several scans (give --dates)",
        found="a date that is none" if draft.moment.has_bad_date else "none",
        where=draft.name,
    )


def _same_key(drafts: list[Draft]) -> tuple[Scan, ...]:
    """All scans under the key of what their headers state together.

    They are known not to conflict, and one may state what another leaves out.
    """
    whole = Identity()
    for draft in sorted(drafts, key=lambda one: one.name):
        whole = whole.merged(draft.identity)
    return tuple(
        replace(
            draft.scan,
            provenance=replace(
                draft.scan.provenance,
                patient_key=whole.key if draft.identity.patient_id else None,
            ),
        )
        for draft in drafts
    )
