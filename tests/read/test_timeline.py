"""The door: paths in, a timeline and an account of every file out."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode, UsageError
from eupnea.read import Outcome, ReadOptions, read_timeline
from support.ct import SHAPE, SPACING_MM, chest_hu, ct_series, put, save, uid

NOON = datetime(2020, 3, 5, 12, 15)  # noqa: DTZ001 - DICOM states no zone


def test_a_folder_becomes_a_scan(tmp_path: Path) -> None:
    """Voxels, grid, time and description of a plain series are those of its headers."""
    reading = read_timeline([save(ct_series(), tmp_path / "ct")])
    (scan,) = reading.timeline
    np.testing.assert_array_equal(scan.hu, chest_hu())
    assert scan.geometry.spacing_mm == SPACING_MM
    assert scan.geometry.origin_mm == (-100.0, -120.0, -300.0)
    assert scan.acquired_at == NOON
    assert (scan.acquisition.kernel, scan.acquisition.slice_thickness_mm) == ("B30f", 10.0)
    assert scan.notes == ()


def test_every_file_is_accounted_for(tmp_path: Path) -> None:
    """Slices, a localizer, a text file and a nested study each have their line."""
    folder = save(ct_series(), tmp_path / "ct")
    scout = ct_series(series="scout")[:1]
    put(scout[0], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    save(scout, folder / "scouts")
    (folder / "notes.txt").write_text("hello")
    reading = read_timeline([folder])
    account = {file.path: (file.used, file.reason) for file in reading.files}
    assert len(account) == SHAPE[0] + 2
    assert account["ct/scouts/IM0000.dcm"] == (False, "localizer")
    assert account["ct/notes.txt"] == (False, "not DICOM")
    assert account["ct/IM0003.dcm"] == (True, "slice of scan 0")


def test_studies_become_scans_oldest_first(tmp_path: Path) -> None:
    """Two studies in one folder are two points in time, in order of time."""
    for name, day in (("a", "20210401"), ("b", "20200305")):
        save(ct_series(study=name, AcquisitionDate=day, StudyDate=day), tmp_path / "ct" / name)
    reading = read_timeline([tmp_path / "ct"])
    assert [scan.acquired_at.year for scan in reading.timeline] == [2020, 2021]
    assert reading.timeline.scans[0].provenance.sources[0] == "ct/b/IM0000.dcm"


def test_headers_follow_the_canonical_order(tmp_path: Path) -> None:
    """`Provenance.dicom` runs from foot to head, whichever way the slices were stacked."""
    backward = ct_series(step=(0, 0, -10), origin_mm=(-100, -120, 100))
    (scan,) = read_timeline([save(backward, tmp_path)]).timeline
    heights = [float(header.ImagePositionPatient[2]) for header in scan.provenance.dicom]
    assert heights == sorted(heights)
    assert heights[0] == scan.geometry.origin_mm[2]


def test_a_broken_scan_does_not_lose_the_others(tmp_path: Path) -> None:
    """A study with a missing slice is left out with its code; the other one stands."""
    save(ct_series(study="a"), tmp_path / "ct" / "a")
    broken = ct_series(study="b", AcquisitionDate="20210401")
    del broken[5]
    save(broken, tmp_path / "ct" / "b")
    reading = read_timeline([tmp_path / "ct"])
    assert len(reading.timeline) == 1
    (refused,) = reading.refused
    assert refused.code == RefusalCode.SLICES_MISSING
    assert "z=-250.0" in refused.text


def test_reconstructions_of_a_study_are_alternatives(tmp_path: Path) -> None:
    """Two kernels of one study give one scan; the other is set aside with its reason."""
    save(ct_series(series="soft"), tmp_path / "ct")
    save(ct_series(series="sharp", ConvolutionKernel="B70f"), tmp_path / "ct")
    reading = read_timeline([tmp_path / "ct"])
    (scan,) = reading.timeline
    assert scan.acquisition.kernel == "B30f"
    used, aside = reading.verdicts
    assert (used.outcome, aside.outcome) == (Outcome.USED, Outcome.SET_ASIDE)
    assert aside.reason == "ct, series 3 was preferred: its kernel suits densities less"


def test_one_acquisition_in_two_studies_is_one_scan(tmp_path: Path) -> None:
    """The same acquisition, sent twice under two studies, is not two points in time."""
    same: dict[str, Any] = {"IrradiationEventUID": uid("shot")}
    save(ct_series(study="a", **same), tmp_path / "ct")
    save(ct_series(study="b", AcquisitionTime="121501", **same), tmp_path / "ct")
    assert len(read_timeline([tmp_path / "ct"]).timeline) == 1


def test_the_next_series_stands_in_for_a_broken_one(tmp_path: Path) -> None:
    """Where the best series has a gap, the next best of the study is read, and it is said."""
    thin = ct_series(series="thin", hu=chest_hu((32, 12, 16)), spacing_mm=(5.0, 20.0, 20.0))
    del thin[20]
    save(thin, tmp_path / "ct")
    save(ct_series(series="thick"), tmp_path / "ct")
    reading = read_timeline([tmp_path / "ct"])
    (scan,) = reading.timeline
    assert scan.geometry.shape == SHAPE
    assert "SERIES_FALLBACK" in {note.code for note in scan.notes}
    assert reading.refused == ()


def test_dates_of_the_user_win(tmp_path: Path) -> None:
    """A date per source replaces what the headers say."""
    folder = save(ct_series(), tmp_path)
    (scan,) = read_timeline([folder], dates=["2011-01-02"]).timeline
    assert scan.acquired_at.date().isoformat() == "2011-01-02"


def test_dates_must_be_one_per_source(tmp_path: Path) -> None:
    """A wrong number of dates, or one date for two scans, is a wrong call."""
    with pytest.raises(UsageError):
        read_timeline([tmp_path], dates=[])
    save(ct_series(study="a"), tmp_path)
    save(ct_series(study="b", AcquisitionTime="13"), tmp_path)
    with pytest.raises(UsageError):
        read_timeline([tmp_path], dates=["2011-01-02"])


def test_an_undated_scan_is_left_out_of_several(tmp_path: Path) -> None:
    """Of two studies the one without any date cannot be placed; alone it can be measured."""
    nothing: dict[str, Any] = dict.fromkeys(
        ["AcquisitionDate", "AcquisitionTime", "StudyDate", "StudyTime"],
    )
    alone = save(ct_series(study="b", **nothing), tmp_path / "b")
    (scan,) = read_timeline([alone]).timeline
    assert "TIME_UNKNOWN" in {note.code for note in scan.notes}
    reading = read_timeline([save(ct_series(study="a"), tmp_path / "a"), alone])
    assert [one.code for one in reading.refused] == [RefusalCode.TIME_MISSING]


def test_two_studies_of_one_day_are_in_order_of_time(tmp_path: Path) -> None:
    """Another acquisition of the same day is another point in time."""
    save(ct_series(study="a", AcquisitionTime="170000"), tmp_path)
    save(ct_series(study="b", AcquisitionTime="090000"), tmp_path)
    hours = [scan.acquired_at.hour for scan in read_timeline([tmp_path]).timeline]
    assert hours == [9, 17]


def test_the_same_time_twice_is_refused(tmp_path: Path) -> None:
    """Two studies of one instant have no order."""
    save(ct_series(study="a"), tmp_path)
    save(ct_series(study="b"), tmp_path)
    with pytest.raises(Refusal) as caught:
        read_timeline([tmp_path])
    assert caught.value.code is RefusalCode.TIME_EQUAL


def test_no_order_within_a_day_is_guessed(tmp_path: Path) -> None:
    """A study that states a day alone has no place beside another of that day."""
    save(ct_series(study="a", AcquisitionTime=None, StudyTime=None), tmp_path)
    save(ct_series(study="b", AcquisitionTime="090000"), tmp_path)
    with pytest.raises(Refusal) as caught:
        read_timeline([tmp_path])
    assert caught.value.code is RefusalCode.TIME_EQUAL
    assert "without a time of day" in caught.value.found
    later = save(ct_series(study="c", AcquisitionDate="20200306"), tmp_path / "later")
    alone = save(ct_series(study="a", AcquisitionTime=None, StudyTime=None), tmp_path / "alone")
    assert len(read_timeline([alone, later]).timeline) == 2


@pytest.mark.parametrize(
    ("clock", "zone", "doubtful"),
    [("014000", None, True), ("014000", "+0100", False), ("023500", None, False)],
)
def test_a_night_of_the_clocks_is_doubted(
    tmp_path: Path, clock: str, zone: str | None, *, doubtful: bool
) -> None:
    """Two scans within an hour of a night may have been the other way round, but for zones."""
    stated: dict[str, Any] = {"TimezoneOffsetFromUTC": zone, "AcquisitionDate": "20201025"}
    save(ct_series(study="a", AcquisitionTime="013000", **stated), tmp_path)
    save(ct_series(study="b", AcquisitionTime=clock, **stated), tmp_path)
    earlier, later = read_timeline([tmp_path]).timeline
    assert earlier.notes == ()
    assert ("TIME_ORDER_DOUBTFUL" in {note.code for note in later.notes}) is doubtful


def test_two_patients_need_the_users_word(tmp_path: Path) -> None:
    """Different patient numbers are refused, unless the user vouches for one person."""
    save(ct_series(study="a"), tmp_path)
    save(ct_series(study="b", PatientID="case-8", AcquisitionTime="13"), tmp_path)
    with pytest.raises(Refusal) as caught:
        read_timeline([tmp_path])
    assert caught.value.code is RefusalCode.PATIENT_MIXED
    trusted = read_timeline([tmp_path], options=ReadOptions(same_patient=True))
    assert len(trusted.timeline) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"PatientID": "case-8"},
        {"IssuerOfPatientID": "another hospital"},
        {"PatientBirthDate": "19500102"},
        {"PatientSex": "M"},
    ],
    ids=str,
)
def test_whatever_tells_two_patients_apart_is_seen_in_any_order(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    """Three scans, one of another person: refused in all six orders, before a voxel is read."""
    stated: dict[str, Any] = {"IssuerOfPatientID": "this hospital"}
    folders = [
        save(ct_series(study="a", **stated)[:1], tmp_path / "a"),
        save(ct_series(study="b", **stated)[:1], tmp_path / "b"),
        save(ct_series(study="c", **(stated | other))[:1], tmp_path / "c"),
    ]
    for order in permutations(folders):
        with pytest.raises(Refusal) as caught:
            read_timeline(order)
        assert caught.value.code is RefusalCode.PATIENT_MIXED
        assert caught.value.where in {"a/IM0000.dcm, c/IM0000.dcm", "b/IM0000.dcm, c/IM0000.dcm"}


def test_a_missing_attribute_is_no_other_patient(tmp_path: Path) -> None:
    """A study that leaves out the birth date is still of the patient who states one."""
    save(ct_series(study="a"), tmp_path)
    save(ct_series(study="b", PatientBirthDate=None, AcquisitionTime="13"), tmp_path)
    first, second = read_timeline([tmp_path]).timeline
    assert first.provenance.patient_key == second.provenance.patient_key is not None


def test_all_studies_give_the_same_kind_of_series(tmp_path: Path) -> None:
    """A kernel that every study offers is preferred to a better one that some lack."""
    save(ct_series(study="a", series="sharp", ConvolutionKernel="B60f"), tmp_path)
    for kernel in ("B30f", "B60f"):
        later = ct_series(
            study="b", series=kernel, ConvolutionKernel=kernel, AcquisitionDate="20210401"
        )
        save(later, tmp_path)
    kernels = [scan.acquisition.kernel for scan in read_timeline([tmp_path]).timeline]
    assert kernels == ["B60f", "B60f"]


def test_dates_do_not_unite_two_patients(tmp_path: Path) -> None:
    """A date for each source says nothing of whose scans they are."""
    sources = [
        save(ct_series(study="a"), tmp_path / "a"),
        save(ct_series(study="b", PatientID="case-8"), tmp_path / "b"),
    ]
    with pytest.raises(Refusal) as caught:
        read_timeline(sources, dates=["2020-01-01", "2021-01-01"])
    assert caught.value.code is RefusalCode.PATIENT_MIXED


def test_time_zones_count_only_when_all_state_one(tmp_path: Path) -> None:
    """A scan with a zone and one without are compared by their local times, and it is said."""
    save(ct_series(study="a", TimezoneOffsetFromUTC="+0100"), tmp_path)
    save(ct_series(study="b", AcquisitionTime="13"), tmp_path)
    first, second = read_timeline([tmp_path]).timeline
    assert first.acquired_at < second.acquired_at
    assert "TIME_ZONES_MIXED" in {note.code for note in first.notes}
