"""From results into an archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("dicomweb_client", reason="the extra `pacs` is not installed")

from pydicom import dcmread

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.pacs import Archive, push
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument
from support.derived import with_headers
from support.hand_made import hand_made_analysis
from support.orthanc import Orthanc


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result folder with nine objects."""
    analysis = with_headers(hand_made_analysis())
    out = tmp_path_factory.mktemp("result")
    write_dicom(analysis, AnalysisDocument.of(analysis), out / "dicom")
    return out


def test_objects_come_back_as_they_were_sent(orthanc: Orthanc, result: Path) -> None:
    """The archive holds each object, with the very content, under its own study."""
    pushed = push(Archive(orthanc.url), [result])
    assert (pushed.stored, pushed.known) == (9, 0)
    for path in (result / "dicom").iterdir():
        sent = dcmread(path)
        (stored,) = orthanc.ask("/tools/lookup", "POST", data=sent.SOPInstanceUID)
        tags = orthanc.ask(f"/instances/{stored['ID']}/simplified-tags")
        assert tags["StudyInstanceUID"] == sent.StudyInstanceUID
        assert tags["SOPClassUID"] == sent.SOPClassUID
        if "PixelData" in sent:
            raw = orthanc.file(stored["ID"])
            np.testing.assert_array_equal(raw.pixel_array, sent.pixel_array)


def test_a_second_push_sends_nothing(orthanc: Orthanc, result: Path) -> None:
    """What is there is there."""
    push(Archive(orthanc.url), [result])
    again = push(Archive(orthanc.url), [result])
    assert (again.stored, again.known) == (0, 9)


def test_an_object_that_is_not_taken_is_an_output_error(
    orthanc: Orthanc, result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The object is named, and the server."""
    monkeypatch.setattr(Archive, "store", lambda *_: False)
    with pytest.raises(OutputError, match=r"seg_00_organ.dcm: 127\.0\.0\.1"):
        push(Archive(orthanc.url), [result])


@pytest.mark.usefixtures("no_credentials")
def test_a_denied_push_is_an_output_error(running: Orthanc, result: Path) -> None:
    """Nothing can be written, and the code says why."""
    with pytest.raises(OutputError, match="SERVER_DENIED"):
        push(Archive(running.url), [result])


def test_nothing_to_push_is_refused(orthanc: Orthanc, tmp_path: Path) -> None:
    """A result without objects, and a file that is none."""
    with pytest.raises(Refusal) as caught:
        push(Archive(orthanc.url), [tmp_path])
    assert caught.value.code is RefusalCode.NO_CT
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(Refusal) as caught:
        push(Archive(orthanc.url), [tmp_path / "notes.txt"])
    assert caught.value.code is RefusalCode.SOURCE_UNREADABLE
