"""When a scan was acquired: the best time that its source states."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from pydicom import Dataset

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Note, Severity
from eupnea.read.attributes import text

UNKNOWN = datetime(1900, 1, 1)  # noqa: DTZ001 - a placeholder is in no time zone
"""Stands for the time of a scan that states none; said in a note, and refused for a pair."""

_LEVELS = ("Acquisition", "Series", "Study", "Content")
_DATE = re.compile(r"(\d{4})[.:]?(\d{2})[.:]?(\d{2})$")
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$")
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})$")
_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time of acquisition, and what to know about it."""

    when: datetime | None
    """`None` when no usable date is stated."""
    notes: tuple[Note, ...] = ()
    has_bad_date: bool = False
    """Whether a date was stated that is none."""


def moment_of(headers: Iterable[Dataset]) -> Moment:
    """The earliest acquisition time of a series.

    The order of trust: AcquisitionDateTime; then date and time of the
    acquisition, the series, the study, the content. A level counts when its
    date is a day of the calendar; a missing time of day is looked for at the
    next levels with the same date, and is midnight if nowhere.
    """
    headers = tuple(headers)
    for level in ("DateTime", *_LEVELS):
        found = [when for header in headers if (when := _at_level(header, level)) is not None]
        if found:
            return Moment(when=min(found, key=_sortable), notes=_notes(level, found[0], headers[0]))
    stated = any(text(header, f"{level}Date") for header in headers for level in _LEVELS)
    return Moment(when=None, has_bad_date=stated)


def moment_of_name(name: str) -> datetime | None:
    """The one date in a file name; `None` when there is none, or more than one.

    Examples:
        >>> moment_of_name("patient7_2020-03-05_ct.nii.gz").date().isoformat()
        '2020-03-05'
        >>> moment_of_name("20200305-vs-20200401.nii.gz") is None
        True
    """
    found = {
        day
        for year, _, month, day_of_month in _IN_NAME.findall(name)
        if (day := _day(year, month, day_of_month)) is not None
    }
    return datetime.combine(found.pop(), time()) if len(found) == 1 else None


def moment_of_user(given: date | str) -> datetime:
    """A date or time that the user gave.

    Raises:
        Refusal: `TIME_INVALID` when it is not ISO 8601, such as `2020-03-05`.
    """
    if isinstance(given, datetime):
        return given
    if isinstance(given, date):
        return datetime.combine(given, time())
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise Refusal(
            RefusalCode.TIME_INVALID, expected="a date such as 2020-03-05", found=repr(given)
        ) from None


def _at_level(header: Dataset, level: str) -> datetime | None:
    if level == "DateTime":
        return _date_time(text(header, "AcquisitionDateTime"), _zone(header))
    day = _parse_day(text(header, f"{level}Date"))
    if day is None:
        return None
    return datetime.combine(day, _time_of_day(header, level, day), _zone(header))


def _time_of_day(header: Dataset, level: str, day: date) -> time:
    for at in _LEVELS[_LEVELS.index(level) :]:
        same_day = _parse_day(text(header, f"{at}Date")) == day
        clock = _parse_time(text(header, f"{at}Time"))
        if same_day and clock is not None:
            return clock
    return time()


def _date_time(stated: str | None, zone: timezone | None) -> datetime | None:
    if stated is None:
        return None
    offset = _OFFSET.search(stated)
    plain = stated[: offset.start()] if offset else stated
    day, clock = _parse_day(plain[:8]), _parse_time(plain[8:] or "00")
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock, _parse_zone(stated) or zone)


def _zone(header: Dataset) -> timezone | None:
    return _parse_zone(text(header, "TimezoneOffsetFromUTC"))


def _parse_zone(stated: str | None) -> timezone | None:
    found = _OFFSET.search(stated or "")
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(ahead if found[1] == "+" else -ahead)


def _parse_day(stated: str | None) -> date | None:
    found = _DATE.match(stated or "")
    return _day(*found.groups()) if found else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _parse_time(stated: str | None) -> time | None:
    found = _TIME.match(stated or "")
    if not found:
        return None
    hour, minute, second, fraction = found.groups()
    try:
        return time(
            int(hour),
            int(minute or 0),
            min(int(second or 0), 59),
            int((fraction or "").ljust(6, "0")),
        )
    except ValueError:
        return None


def _sortable(when: datetime) -> datetime:
    return (
        when
        if when.tzinfo is None
        else (when - (when.utcoffset() or timedelta())).replace(tzinfo=None)
    )


def _notes(level: str, when: datetime, header: Dataset) -> tuple[Note, ...]:
    notes = []
    if level not in {"DateTime", "Acquisition"}:
        notes.append(
            Note(
                code="TIME_FALLBACK",
                text="The acquisition date is absent or invalid; "
                f"that of the {level.lower()} was used.",
                severity=Severity.INFO,
            )
        )
    if when.time() == time() and not any(text(header, f"{at}Time") for at in _LEVELS):
        notes.append(
            Note(
                code="TIME_OF_DAY_UNKNOWN",
                text="The source states a day without a time.",
                severity=Severity.INFO,
            )
        )
    return tuple(notes)
