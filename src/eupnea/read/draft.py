"""A scan that has been read, before it is placed in time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Note, Severity
from eupnea.read.acquired_at import UNKNOWN, Moment
from eupnea.read.identity import Identity, refuse_mixed
from eupnea.read.ledger import Ledger
from eupnea.read.options import ReadOptions
from eupnea.scan import Scan
from eupnea.timeline import Timeline

TIME_UNKNOWN = Note(
    code="TIME_UNKNOWN",
    text=f"The source states no date; {UNKNOWN.date().isoformat()} stands for it.",
    severity=Severity.CAUTION,
)
ZONES_MIXED = Note(
    code="TIME_ZONES_MIXED",
    text="Only some of the scans state a time zone; all times were taken as local.",
    severity=Severity.INFO,
)
CLOCK_CHANGE = Note(
    code="TIME_ORDER_DOUBTFUL",
    text="Less than an hour lies between this scan and the one before, at night and without time "
    "zones: had the clocks gone back in between, the order would be the other one.",
    severity=Severity.CAUTION,
)
CLOCKS_CHANGE_BEFORE = time(4)
"""Summer time ends between midnight and three, by an hour."""
TIME_CODES = {"TIME_UNKNOWN", "TIME_FALLBACK", "TIME_OF_DAY_UNKNOWN"}
"""Notes on a time that the source states; void once the user states another."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """A scan, where it is from, who it is of, and when it was made if that is known."""

    name: str
    scan: Scan
    moment: Moment
    identity: Identity = field(default_factory=Identity)

    def at(self, when: datetime) -> Draft:
        """The same scan at the time that the user gives."""
        notes = tuple(note for note in self.scan.notes if note.code not in TIME_CODES)
        scan = replace(self.scan, acquired_at=when, notes=notes)
        return replace(self, scan=scan, moment=Moment(when=when))


def to_timeline(drafts: list[Draft], *, ledger: Ledger, options: ReadOptions) -> Timeline:
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
    if not options.same_patient:
        stated = [(one.name, one.identity) for one in dated]
        refuse_mixed(stated, expected="scans of one patient")
    return Timeline(scans=_doubting_nights(_in_one_clock(_same_key(dated))))


def _undated(draft: Draft) -> Refusal:
    return Refusal(
        RefusalCode.TIME_INVALID if draft.moment.has_bad_date else RefusalCode.TIME_MISSING,
        expected="an acquisition date for each of several scans (give --dates)",
        found="a date that is none" if draft.moment.has_bad_date else "none",
        where=draft.name,
    )


def _in_one_clock(scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    """Local times throughout when only some scans state their time zone."""
    zoned = [scan.acquired_at.tzinfo is not None for scan in scans]
    if all(zoned) or not any(zoned):
        return scans
    return tuple(
        replace(
            scan,
            acquired_at=scan.acquired_at.replace(tzinfo=None),
            notes=(*scan.notes, ZONES_MIXED),
        )
        for scan in scans
    )


def _doubting_nights(scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    """In order of time, with a note where a change of the clocks could have turned it."""
    ordered = sorted(scans, key=lambda scan: scan.acquired_at)
    doubtful = [
        earlier.acquired_at.tzinfo is None
        and later.acquired_at - earlier.acquired_at < timedelta(hours=1)
        and later.acquired_at.time() < CLOCKS_CHANGE_BEFORE
        for earlier, later in pairwise(ordered)
    ]
    return tuple(
        replace(scan, notes=(*scan.notes, CLOCK_CHANGE)) if is_doubtful else scan
        for scan, is_doubtful in zip(ordered, [False, *doubtful], strict=True)
    )


def _same_key(drafts: list[Draft]) -> tuple[Scan, ...]:
    """All scans under the key of what their headers state together.

    They do not conflict, or the user vouches for one patient; one may state
    what another leaves out.
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
