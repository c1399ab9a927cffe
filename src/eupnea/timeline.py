"""The scans of one patient, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

from eupnea.errors import Refusal, RefusalCode
from eupnea.scan import Scan


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """At least one scan, one patient, strictly increasing acquisition times.

    A scan at midnight sharp stands for its whole day: its source states no
    time of day, and no order within the day is guessed.

    Raises:
        Refusal: `NO_CT` without a scan, `TIME_EQUAL` for two scans at one
            time, `PATIENT_MIXED` for scans of different people.
    """

    scans: tuple[Scan, ...]

    def __post_init__(self) -> None:
        if not self.scans:
            raise Refusal(RefusalCode.NO_CT, expected="at least one scan", found="none")
        ordered = tuple(sorted(self.scans, key=lambda scan: scan.acquired_at))
        object.__setattr__(self, "scans", ordered)
        _refuse_equal_times(ordered)
        _refuse_mixed_patients(ordered)

    def __iter__(self) -> Iterator[Scan]:
        return iter(self.scans)

    def __len__(self) -> int:
        return len(self.scans)


def _refuse_equal_times(scans: tuple[Scan, ...]) -> None:
    for earlier, later in pairwise(scans):
        if found := _without_order(earlier.acquired_at, later.acquired_at):
            sources = [scan.provenance.sources[:1] for scan in (earlier, later)]
            raise Refusal(
                RefusalCode.TIME_EQUAL,
                expected="one scan per acquisition time",
                found=found,
                where=", ".join(name for names in sources for name in names) or None,
            )


def _without_order(earlier: datetime, later: datetime) -> str | None:
    """Why two times tell no order; `None` when they do."""
    if earlier == later:
        return f"two at {earlier.isoformat()}"
    if earlier.time() == time() and earlier.date() == later.date():
        return f"two on {earlier.date().isoformat()}, one of them without a time of day"
    return None


def _refuse_mixed_patients(scans: tuple[Scan, ...]) -> None:
    keys = {scan.provenance.patient_key for scan in scans} - {None}
    if len(keys) > 1:
        raise Refusal(
            RefusalCode.PATIENT_MIXED,
            expected="scans of one patient",
            found=f"{len(keys)} patients",
        )
