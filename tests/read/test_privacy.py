"""Nothing personal leaves the headers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from eupnea.read import check
from support.ct import ct_series, put, save

CANARY = "XYZZY"
TEXTS = (
    "PatientName",
    "PatientComments",
    "StudyDescription",
    "SeriesDescription",
    "ImageComments",
    "ReferringPhysicianName",
    "InstitutionName",
    "AccessionNumber",
    "PatientAddress",
    "OtherPatientNames",
    "StudyID",
)


def spoil_nothing(slices: list[Any]) -> None:
    """A good series."""


def spoil_gap(slices: list[Any]) -> None:
    """A missing slice."""
    del slices[4]


def spoil_patient(slices: list[Any]) -> None:
    """Two patients."""
    put(slices[4], PatientID=CANARY + "2")


def spoil_numbers(slices: list[Any]) -> None:
    """A name where numbers belong."""
    for one in slices:
        one.add_new("ImagePositionPatient", "LO", CANARY)
        one.add_new("AcquisitionDate", "LO", CANARY)
        one.add_new("RescaleSlope", "LO", CANARY)


def spoil_kinds(slices: list[Any]) -> None:
    """A name where codes belong."""
    put(slices[0], Modality=CANARY, BodyPartExamined=CANARY, RescaleType=CANARY)
    put(slices[1], SOPClassUID="1.2.826.0.1.3680043.999")


@pytest.mark.parametrize(
    "spoil", [spoil_nothing, spoil_gap, spoil_patient, spoil_numbers, spoil_kinds]
)
def test_no_token_reaches_a_message(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    spoil: Any,
) -> None:
    """Verdicts, findings, notes, logs and streams hold no word of a header's free text."""
    caplog.set_level(logging.DEBUG)
    slices = ct_series(PatientID=CANARY)
    for one in slices:
        put(one, **dict.fromkeys(TEXTS, CANARY))
        block = one.private_block(0x0011, CANARY, create=True)
        block.add_new(1, "LO", CANARY)
    spoil(slices)
    verdicts = check([save(slices, tmp_path / "ct")])
    caplog_text = "\n".join(record.getMessage() for record in caplog.records)
    assert CANARY not in repr(verdicts) + caplog_text + "".join(capfd.readouterr())
