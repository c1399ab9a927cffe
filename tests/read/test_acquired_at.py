"""Acquisition times: the best that is stated, in a fixed order of trust."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydicom import Dataset

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.acquired_at import Moment, moment_of, moment_of_name, moment_of_user
from support.ct import put


def moment(**attributes: Any) -> Moment:
    """The moment of one header."""
    header = Dataset()
    put(header, **attributes)
    return moment_of([header])


def at(text: str, zone: timezone | None = None) -> datetime:
    """A local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


ALL = {
    "AcquisitionDateTime": "20200101010101.5",
    "AcquisitionDate": "20200102",
    "AcquisitionTime": "02",
    "SeriesDate": "20200103",
    "SeriesTime": "0303",
    "StudyDate": "20200104",
    "StudyTime": "040404.25",
}


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        ((), at("2020-01-01T01:01:01.500000")),
        (("AcquisitionDateTime",), at("2020-01-02T02:00")),
        (("AcquisitionDateTime", "AcquisitionDate"), at("2020-01-03T03:03")),
        (
            ("AcquisitionDateTime", "AcquisitionDate", "SeriesDate"),
            at("2020-01-04T04:04:04.250000"),
        ),
    ],
)
def test_the_most_trusted_statement_wins(absent: tuple[str, ...], expected: datetime) -> None:
    """Acquisition before series before study."""
    stated = {keyword: value for keyword, value in ALL.items() if keyword not in absent}
    assert moment(**stated).when == expected


@pytest.mark.parametrize("invalid", ["20241399", "2024", "garbage", "00000000", "20230229"])
def test_a_day_that_is_none_is_passed_over(invalid: str) -> None:
    """An invalid date gives way to the next level, with a note."""
    found = moment(AcquisitionDate=invalid, AcquisitionTime="10", StudyDate="20200104")
    assert found.when == at("2020-01-04")
    assert [note.code for note in found.notes] == ["TIME_FALLBACK"]


def test_no_usable_date_is_no_moment() -> None:
    """Whether there was a bad date, or none, is told apart."""
    assert moment() == Moment(when=None)
    assert moment(StudyDate="20241399") == Moment(when=None, has_bad_date=True)


def test_a_missing_time_of_day_comes_from_the_same_day() -> None:
    """The study's time stands in when the study was on that day, else midnight."""
    same = moment(AcquisitionDate="20200104", StudyDate="20200104", StudyTime="0930")
    other = moment(AcquisitionDate="20200105", StudyDate="20200104", StudyTime="0930")
    alone = moment(AcquisitionDate="20200105")
    assert same.when == at("2020-01-04T09:30")
    assert other.when == at("2020-01-05")
    assert [note.code for note in alone.notes] == ["TIME_OF_DAY_UNKNOWN"]


def test_time_zones_order_the_repeated_hour() -> None:
    """Half past one before and after the clocks go back keep their order."""
    before = moment(AcquisitionDateTime="20201025013000+0100").when
    after = moment(
        AcquisitionDate="20201025", AcquisitionTime="0130", TimezoneOffsetFromUTC="+0000"
    ).when
    assert before == at("2020-10-25T01:30", zone=timezone(timedelta(hours=1)))
    assert after == at("2020-10-25T01:30", zone=UTC)
    assert before < after


def test_the_first_slice_in_time_counts() -> None:
    """A scan begins with its earliest slice, wherever that lies."""
    headers = [Dataset(), Dataset()]
    for header, clock in zip(headers, ("120002", "120001"), strict=True):
        put(header, AcquisitionDate="20200104", AcquisitionTime=clock)
    assert moment_of(headers).when == moment_of(headers[::-1]).when == at("2020-01-04T12:00:01")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ct_2020-03-05.nii.gz", date(2020, 3, 5)),
        ("20200305.nii", date(2020, 3, 5)),
        ("p7_2020_03_05_again_20200305.nii", date(2020, 3, 5)),
        ("p120200305.nii", None),
        ("2020-13-05.nii", None),
        ("2020-03-05_2021-03-05.nii", None),
        ("ct.nii", None),
    ],
)
def test_names_hold_one_date_or_none(name: str, expected: date | None) -> None:
    """Only one unambiguous date counts."""
    found = moment_of_name(name)
    assert (found and found.date()) == expected


def test_the_user_may_give_days_and_times() -> None:
    """Text, days and times are taken; anything else is refused."""
    noon = at("2020-03-05T12:00")
    assert moment_of_user("2020-03-05T12:00") == moment_of_user(noon) == noon
    assert moment_of_user("20200305") == moment_of_user(date(2020, 3, 5)) == at("2020-03-05")
    with pytest.raises(Refusal) as caught:
        moment_of_user("5 March")
    assert caught.value.code is RefusalCode.TIME_INVALID
