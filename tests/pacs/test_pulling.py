"""From an archive to a folder, and on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("dicomweb_client", reason="the extra `pacs` is not installed")

from pydicom import Dataset, dcmread
from pydicom.uid import JPEGLSLossless

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.pacs import Archive, pull
from eupnea.pacs.entry import Entry
from eupnea.read import read_timeline
from support.ct import SHAPE, chest_hu, ct_series, put, save
from support.orthanc import Orthanc

PATIENT = "canary-patient-77"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One study of the patient: CT, and a picture of another kind."""
    slices = ct_series(PatientID=PATIENT, PatientName="Canary^Jane")
    for one in slices:
        one.compress(JPEGLSLossless, generate_instance_uid=False)
    other = ct_series(series="sr", PatientID=PATIENT, PatientName="Canary^Jane")[:1]
    put(other[0], Modality="OT")
    return save([*slices, *other], tmp_path / "source")


@pytest.fixture
def archive(orthanc: Orthanc, source: Path) -> Archive:
    """An archive that holds the study."""
    orthanc.fill(source)
    return Archive(orthanc.url)


def fetch(archive: Archive, folder: Path) -> int:
    """Pulls all studies of the patient."""
    return pull(archive, archive.studies(patient_id=PATIENT), folder)


def test_what_is_pulled_is_what_was_stored(archive: Archive, source: Path, tmp_path: Path) -> None:
    """Each CT slice arrives in its own compression, with its very pixels, and reads as the scan."""
    assert fetch(archive, tmp_path / "out") == SHAPE[0]
    stored = {one.SOPInstanceUID: one for one in map(dcmread, sorted(source.iterdir()))}
    pulled = [dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert len(pulled) == SHAPE[0]
    for one in pulled:
        assert one.file_meta.TransferSyntaxUID == JPEGLSLossless
        assert one.PixelData == stored[one.SOPInstanceUID].PixelData
    (scan,) = read_timeline([tmp_path / "out"]).timeline
    np.testing.assert_array_equal(scan.hu, chest_hu())


def test_no_name_of_a_file_tells_of_the_patient(archive: Archive, tmp_path: Path) -> None:
    """Folders are named by day and number, files by a hash."""
    fetch(archive, tmp_path / "out")
    names = "".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert "canary" not in names.lower()
    assert "1.2.826" not in names


def test_a_second_pull_fetches_nothing(archive: Archive, tmp_path: Path) -> None:
    """What is there is not asked for again."""
    fetch(archive, tmp_path / "out")
    assert fetch(archive, tmp_path / "out") == 0


def test_an_interrupted_pull_goes_on(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a connection that broke at the sixth slice, ten are fetched, one by one."""
    whole = Archive.fetch_series

    def broken(self: Archive, series: Entry) -> Iterator[Dataset]:
        for n, one in enumerate(whole(self, series)):
            if n == 6:
                raise Refusal(RefusalCode.SERVER_UNREACHABLE, expected="more", found="nothing")
            yield one

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "fetch_series", broken)
        with pytest.raises(Refusal):
            fetch(archive, tmp_path / "out")
    assert fetch(archive, tmp_path / "out") == SHAPE[0] - 6
    assert len(list((tmp_path / "out").rglob("*"))) == SHAPE[0] + 2


@pytest.mark.parametrize("keyword", ["PatientID", "SeriesInstanceUID", "SOPInstanceUID"])
def test_a_slice_of_another_series_is_refused(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keyword: str
) -> None:
    """An archive that mixes up what was asked for does not mix up patients here."""

    def wrong(self: Archive, series: Entry) -> Iterator[Dataset]:
        del self, series
        for one in ct_series(PatientID=PATIENT):
            put(one, **{keyword: None if keyword == "SOPInstanceUID" else "1.2.3"})
            yield one

    monkeypatch.setattr(Archive, "fetch_series", wrong)
    with pytest.raises(Refusal) as caught:
        fetch(archive, tmp_path / "out")
    assert caught.value.code is RefusalCode.SERVER_FAILED
    assert not (tmp_path / "out").exists()


def test_a_slice_that_never_comes_is_missed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A series that ends early is not taken for whole."""
    whole = Archive.fetch_series
    monkeypatch.setattr(
        Archive, "fetch_series", lambda self, series: list(whole(self, series))[:-2]
    )
    with pytest.raises(Refusal, match="2 less"):
        fetch(archive, tmp_path / "out")


def test_a_folder_that_cannot_be_written(archive: Archive, tmp_path: Path) -> None:
    """A file where the folder should be is an output error."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError):
        fetch(archive, tmp_path / "out")
