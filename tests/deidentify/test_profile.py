"""The profile: what stays is right, and the same wherever it is applied."""

from __future__ import annotations

import stat
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from typer import Typer
from typer.testing import CliRunner

from eupnea.cli.deidentify import deidentify as command
from eupnea.deidentify import Key, copy_files, deidentify
from eupnea.deidentify.descriptor import clean, clean_kernel
from eupnea.deidentify.header import deidentified
from eupnea.errors import OutputError, Refusal, RefusalCode, UsageError
from eupnea.pipeline import analyze
from eupnea.read import Reading, ReadOptions, read_timeline
from eupnea.read.acquired_at import moment_of
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument
from support.ct import ct_series, put, save
from support.enhanced import enhanced
from support.nifti import save_nifti
from support.sick import thin_is_normal

KEY = Key(secret=b"a key that the tests share")
OTHER = Key(secret=b"another key of other tests")


def two_studies(folder: Path) -> Path:
    """Two studies of one patient, 98 days and some hours apart."""
    save(ct_series(study="a", PatientName="Doe^Jane"), folder / "a")
    later = ct_series(study="b", AcquisitionDate="20200611", AcquisitionTime="203040.25")
    save(later, folder / "b")
    return folder


def read(folder: Path, key: Key | None = None) -> Reading:
    """A reading, with or without the patient."""
    reading = read_timeline([folder], options=ReadOptions(hide_names=key is not None))
    return reading if key is None else deidentify(reading, key)


def test_copies_read_as_the_scans_without_the_patient(tmp_path: Path) -> None:
    """Either way round, voxels, places, times, identifiers and headers are the same."""
    source = two_studies(tmp_path / "source")
    copy_files([source], tmp_path / "copies", KEY)
    for copy, scan in zip(
        read(tmp_path / "copies").timeline, read(source, KEY).timeline, strict=True
    ):
        np.testing.assert_array_equal(copy.hu, scan.hu)
        assert copy.geometry == scan.geometry
        assert copy.acquired_at == scan.acquired_at
        assert copy.acquisition == scan.acquisition
        assert copy.provenance.series_uid == scan.provenance.series_uid
        for one, other in zip(copy.provenance.dicom, scan.provenance.dicom, strict=True):
            assert one == other


def test_intervals_hold_and_dates_do_not(tmp_path: Path) -> None:
    """Times between scans are exact to the second; the days are others, a year ago or more."""
    source = two_studies(tmp_path / "source")
    true = [scan.acquired_at for scan in read(source).timeline]
    for key in (KEY, OTHER):
        shifted = [scan.acquired_at for scan in read(source, key).timeline]
        assert shifted[1] - shifted[0] == true[1] - true[0]
        assert timedelta(days=365) < true[0] - shifted[0] < timedelta(days=3653)
    assert KEY.shift("case-7") != OTHER.shift("case-7")


def test_one_new_name_for_one_old_name(tmp_path: Path) -> None:
    """Identifiers are mapped alike in all studies, one to one, and differ under another key."""
    copy_files([two_studies(tmp_path / "source")], tmp_path / "copies", KEY)
    headers = [dcmread(path) for path in sorted((tmp_path / "copies").rglob("*.dcm"))]
    assert len({one.SOPInstanceUID for one in headers}) == 32
    assert len({one.StudyInstanceUID for one in headers}) == 2
    assert len({one.FrameOfReferenceUID for one in headers}) == 1
    assert len({one.PatientID for one in headers}) == 1
    assert KEY.uid("1.2.3") != OTHER.uid("1.2.3")


def test_a_second_time_adds_nothing_personal(tmp_path: Path) -> None:
    """Copies of copies are valid copies: the same attributes, other names."""
    copy_files([two_studies(tmp_path / "source")], tmp_path / "once", KEY)
    copy_files([tmp_path / "once"], tmp_path / "twice", KEY)
    once, twice = (dcmread(next((tmp_path / name).rglob("*.dcm"))) for name in ("once", "twice"))
    assert once.keys() == twice.keys()
    assert once.PatientID != twice.PatientID


def test_what_is_written_says_what_was_done(tmp_path: Path) -> None:
    """SEG, SR and copies state the removal, its method and the shift of dates."""
    source = two_studies(tmp_path / "source")
    analysis = analyze([source], organ=thin_is_normal(), key=KEY)
    write_dicom(analysis, AnalysisDocument.of(analysis), tmp_path / "out" / "dicom")
    copy_files([source], tmp_path / "out" / "copies", KEY)
    written = [dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert {one.Modality for one in written} == {"SEG", "SR", "CT"}
    for one in written:
        codes = [item.CodeValue for item in one.DeidentificationMethodCodeSequence]
        assert codes == ["113100", "113105", "113107"]
        assert one.PatientIdentityRemoved == "YES"
        assert one.LongitudinalTemporalInformationModified == "MODIFIED"
        assert one.PatientName == one.PatientID == KEY.pseudonym("case-7")
    copies = {one.SOPInstanceUID for one in written if one.Modality == "CT"}
    for one in written:
        if one.Modality == "SEG":
            frame = one.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0]
            assert frame.SourceImageSequence[0].ReferencedSOPInstanceUID in copies


def test_a_multiframe_copy_reads_the_same(tmp_path: Path) -> None:
    """Functional groups keep their numbers, frame dates are shifted with the others."""
    save([enhanced(ct_series(), range(16))], tmp_path / "source")
    copy_files([tmp_path / "source"], tmp_path / "copies", KEY)
    (scan,), (copy,) = read(tmp_path / "source").timeline, read(tmp_path / "copies").timeline
    np.testing.assert_array_equal(scan.hu, copy.hu)
    assert scan.geometry == copy.geometry
    assert scan.acquired_at - copy.acquired_at == KEY.shift("case-7")


def test_scans_without_a_header_are_shifted_too(tmp_path: Path) -> None:
    """NIfTI files of one patient keep their interval; their names are numbers."""
    for day in ("2020-03-05", "2020-06-11"):
        save_nifti(tmp_path / f"doe_{day}.nii.gz")
    options = ReadOptions(hide_names=True)
    reading = deidentify(read_timeline(sorted(tmp_path.iterdir()), options=options), KEY)
    first, second = reading.timeline
    assert (second.acquired_at - first.acquired_at).days == 98
    assert first.acquired_at.year < 2020
    assert [file.path for file in reading.files] == ["source1.nii.gz", "source2.nii.gz"]


def test_an_unknown_time_stays_unknown(tmp_path: Path) -> None:
    """The placeholder of a scan without a date is no date to be shifted."""
    save_nifti(tmp_path / "ct.nii.gz")
    (scan,) = read(tmp_path / "ct.nii.gz", KEY).timeline
    assert scan.acquired_at.year == 1900


def test_images_with_text_and_other_objects_are_not_copied(tmp_path: Path) -> None:
    """What may show a name, and what is no slice, is left out and counted."""
    slices = ct_series()
    put(slices[0], BurnedInAnnotation="YES")
    put(slices[1], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    folder = save(slices, tmp_path / "source")
    (folder / "notes.txt").write_text("Jane Doe")
    (folder / "torn.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x02\0\x10\0UI\xff\xff")
    account = copy_files([folder], tmp_path / "copies", KEY)
    assert account == {
        "copied": 14,
        "text in its pixels": 1,
        "localizer": 1,
        "not DICOM": 1,
        "no image: unknown class": 1,
    }
    with pytest.raises(Refusal) as caught:
        copy_files([folder / "notes.txt"], tmp_path / "none", KEY)
    assert caught.value.code is RefusalCode.NO_CT


def header(**attributes: Any) -> Dataset:
    """A header of a few attributes."""
    made = Dataset()
    put(made, **attributes)
    return made


@given(st.dates(date(1920, 1, 1), date(2100, 1, 1)), st.times())
def test_any_date_goes_back_by_the_shift(day: date, clock: time) -> None:
    """Date and time apart or in one, the shift is the same, and the time of day stays."""
    stamp = f"{clock:%H%M%S}.{clock.microsecond:06d}"
    apart = header(AcquisitionDate=f"{day:%Y%m%d}", AcquisitionTime=stamp)
    whole = header(AcquisitionDateTime=f"{day:%Y%m%d}{stamp}")
    for one in (apart, whole):
        before = moment_of([one]).when
        after = moment_of([deidentified(one, KEY, patient="p")]).when
        assert before is not None
        assert after is not None
        assert before - after == KEY.shift("p")


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("AcquisitionDate", "20201399"),
        ("AcquisitionDateTime", "2020"),
        ("AcquisitionDateTime", "20200305 Doe"),
        ("AcquisitionTime", "Doe"),
        ("TimezoneOffsetFromUTC", "Doe"),
        ("StackID", "Doe"),
        ("StudyDescription", "Doe"),
        ("ConvolutionKernel", "Doe"),
        ("SharedFunctionalGroupsSequence", None),
    ],
)
def test_a_value_of_the_wrong_kind_goes(keyword: str, value: str | None) -> None:
    """What is no date, number or known word is not kept for its attribute's sake."""
    one = header(**{keyword: value})
    if value is None:
        one.add_new(keyword, "LO", "Doe")
    assert keyword not in deidentified(one, KEY, patient="p")


def test_a_number_that_is_none_goes(tmp_path: Path) -> None:
    """A file that states a name as its tube voltage is copied without one."""
    slices = ct_series()
    slices[0].add_new("KVP", "LO", "Doe")
    folder = save(slices, tmp_path / "source")
    torn = folder / "IM0000.dcm"
    torn.write_bytes(torn.read_bytes().replace(b"\x60\0LO", b"\x60\0DS"))
    assert copy_files([folder], tmp_path / "copies", KEY) == {"copied": 16}
    assert {dcmread(path).get("KVP") for path in (tmp_path / "copies").rglob("*.dcm")} == {None}


@pytest.mark.parametrize("keyword", ["Manufacturer", "StudyDate", "PatientPosition"])
def test_what_a_ct_must_have_is_emptied(keyword: str) -> None:
    """A value that cannot stay leaves its attribute empty where the standard demands it."""
    made = deidentified(header(**{keyword: "Doe"}), KEY, patient="p")
    assert keyword in made
    assert not made[keyword].value


def test_descriptions_keep_what_is_known() -> None:
    """Known words stay in their order; names, numbers and dates go."""
    assert clean("CT for Jane Doe 20200305") == "CT"
    assert clean("Thorax^Routine (Adult)") == "Thorax Routine"
    assert clean("LUNG 1.0mm 4711") == "LUNG 1.0mm"
    assert clean_kernel("Br40d\\3") == "Br40d\\3"


def test_a_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """The file is readable by nobody else, and the same key comes out again."""
    path = tmp_path / "config" / "key"
    made = Key.of_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Key.of_file(path) == made
    assert made.secret.decode() not in repr(made)


def test_no_key_no_names(tmp_path: Path) -> None:
    """A short key, a folder in its place, and a place that cannot be written."""
    (tmp_path / "short").write_text("abc")
    with pytest.raises(UsageError, match="at least 16"):
        Key.of_file(tmp_path / "short")
    with pytest.raises(UsageError, match="cannot read"):
        Key.of_file(tmp_path)
    with pytest.raises(OutputError):
        Key.of_file(tmp_path / "short" / "key")


def test_the_command_copies_and_counts(tmp_path: Path) -> None:
    """The key is made where it is asked for; a folder in use is refused."""
    app = Typer()
    app.command()(command)
    source = save(ct_series(), tmp_path / "source")
    arguments = [str(source), "--out", str(tmp_path / "out"), "--key", str(tmp_path / "key")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert "16 copied" in done.stderr
    assert (tmp_path / "key").exists()
    again = CliRunner().invoke(app, arguments)
    assert isinstance(again.exception, UsageError)
