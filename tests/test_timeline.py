"""Timeline: one patient, oldest first, one scan per time."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.scan import Provenance, Scan
from eupnea.timeline import Timeline
from eupnea.volume import Volume

GRID = Geometry.regular(shape=(2, 2, 2), spacing_mm=(1.0, 1.0, 1.0))


def scan(day: int, patient: str | None = None) -> Scan:
    """A tiny scan of one January day."""
    return Scan(
        volume=Volume(voxels=np.zeros(GRID.shape, np.int16), geometry=GRID),
        native=GRID,
        acquired_at=datetime(2020, 1, day),  # noqa: DTZ001
        provenance=Provenance(sources=(f"day{day}",), patient_key=patient),
    )


def test_scans_stand_oldest_first_whatever_their_order() -> None:
    """The order of the arguments does not matter."""
    timeline = Timeline(scans=(scan(9), scan(2), scan(5)))
    assert [one.acquired_at.day for one in timeline] == [2, 5, 9]


@pytest.mark.parametrize(
    ("scans", "code"),
    [
        ((), RefusalCode.NO_CT),
        ((scan(1), scan(1)), RefusalCode.TIME_EQUAL),
        ((scan(1, "a"), scan(2, "b")), RefusalCode.PATIENT_MIXED),
    ],
)
def test_what_is_no_timeline_is_refused(scans: tuple[Scan, ...], code: RefusalCode) -> None:
    """No scan, two at one time, two people: each has its code."""
    with pytest.raises(Refusal) as caught:
        Timeline(scans=scans)
    assert caught.value.code is code


def test_an_unknown_patient_fits_any_other() -> None:
    """A scan that does not say whose it is (NIfTI) is not refused."""
    assert len(Timeline(scans=(scan(1, "a"), scan(2)))) == 2


def test_a_scan_must_be_canonical() -> None:
    """A volume in another order never gets past the border."""
    flipped = Geometry(shape=(2, 2, 2), affine=np.diag([1.0, 1.0, -1.0, 1.0])[[2, 1, 0, 3]])
    with pytest.raises(Refusal, match="canonical"):
        Scan(
            volume=Volume(voxels=np.zeros((2, 2, 2), np.int16), geometry=flipped),
            native=flipped,
            acquired_at=datetime(2020, 1, 1),  # noqa: DTZ001
        )
