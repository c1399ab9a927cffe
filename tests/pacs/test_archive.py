"""What is asked of an archive, and what may be said when it fails."""

from __future__ import annotations

import logging
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

pytest.importorskip("dicomweb_client", reason="the extra `pacs` is not installed")


from eupnea.errors import ExtraMissing, Refusal, RefusalCode, UsageError
from eupnea.pacs import Archive, archive
from support.ct import ct_series, put, save
from support.orthanc import PASSWORD, USER, Orthanc

PATIENT = "canary-patient-77"


@pytest.fixture
def filled(orthanc: Orthanc, tmp_path: Path) -> Orthanc:
    """Two studies of one patient, and one of another whose number resembles a pattern."""
    save(ct_series(study="b", PatientID=PATIENT, StudyDate="20210401")[:3], tmp_path / "b")
    save(ct_series(study="a", PatientID=PATIENT)[:2], tmp_path / "a")
    save(ct_series(study="c", PatientID="canary-*")[:1], tmp_path / "c")
    orthanc.fill(tmp_path)
    return orthanc


def test_studies_of_a_patient_oldest_first(filled: Orthanc) -> None:
    """Only the patient's own, with the number of their instances."""
    studies = Archive(filled.url).studies(patient_id=PATIENT)
    assert [study.at.date() for study in studies] == [date(2020, 3, 5), date(2021, 4, 1)]
    assert [study.instances for study in studies] == [2, 3]


def test_a_pattern_is_no_patient(filled: Orthanc) -> None:
    """A number with a star finds the patient of that number, and nobody else."""
    (study,) = Archive(filled.url).studies(patient_id="canary-*")
    assert study.patient_id == "canary-*"
    assert Archive(filled.url).studies(patient_id="canary*") == ()


def test_only_days_from_the_given_one_on(filled: Orthanc) -> None:
    """Older studies are not looked at."""
    studies = Archive(filled.url).studies(since=date(2021, 1, 1))
    assert [study.at.year for study in studies] == [2021]


def test_pages_are_turned(filled: Orthanc, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that a server gives in pieces is whole in the end."""
    found = Archive(filled.url)
    study = found.studies(patient_id=PATIENT)[1]
    (series,) = found.series(study)
    search = found._client.search_for_instances
    monkeypatch.setattr(found._client, "search_for_instances", lambda *a, **k: search(*a, **k)[:1])
    assert len(found.instances(series)) == 3


def test_nothing_personal_in_names_or_representations(filled: Orthanc) -> None:
    """What may reach a folder, a log or a message tells of days and numbers alone."""
    for study in Archive(filled.url).studies(patient_id=PATIENT):
        (series,) = Archive(filled.url).series(study)
        shown = repr(study) + study.name + repr(series) + series.name
        assert PATIENT not in shown
        assert study.uid not in shown


def test_netrc_opens_the_archive(filled: Orthanc, no_credentials: Path) -> None:
    """Without variables in the environment, the host's entry counts."""
    no_credentials.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    assert len(Archive(filled.url).studies()) == 3


@pytest.mark.usefixtures("no_credentials")
def test_no_credentials_no_archive(
    filled: Orthanc, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal says what to set, and neither it nor any log says a secret or a patient."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("EUPNEA_DICOMWEB_USER", USER)
    monkeypatch.setenv("EUPNEA_DICOMWEB_PASSWORD", "canary-wrong")
    with pytest.raises(Refusal) as caught:
        Archive(filled.url).studies(patient_id=PATIENT)
    assert caught.value.code is RefusalCode.SERVER_DENIED
    assert caught.value.__suppress_context__
    said = str(caught.value) + caplog.text
    assert "EUPNEA_DICOMWEB_USER" in said
    assert "canary" not in said


def test_logs_hold_no_secret(filled: Orthanc, caplog: pytest.LogCaptureFixture) -> None:
    """Even at the lowest level, no library logs the query or the password."""
    caplog.set_level(logging.DEBUG)
    Archive(filled.url).studies(patient_id=PATIENT)
    assert PATIENT not in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("ftp://pacs/dicom-web", "address"),
        ("pacs", "address"),
        ("http://[::1/dicom-web", "address"),
        ("http://user:canary@127.0.0.1/dicom-web", "credentials"),
        ("http://127.0.0.1/dicom-web?token=canary", "query"),
    ],
)
def test_an_address_is_checked_and_not_repeated(url: str, named: str) -> None:
    """Credentials in an address are refused without being shown."""
    with pytest.raises(UsageError, match=named) as caught:
        Archive(url)
    assert "canary" not in str(caught.value)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without dicomweb-client, the message says how to get it."""
    monkeypatch.setitem(__import__("sys").modules, "dicomweb_client.web", None)
    with pytest.raises(ExtraMissing, match=r"eupnea\[pacs\]"):
        Archive("http://127.0.0.1/dicom-web")


class _Server(BaseHTTPRequestHandler):
    """Answers each request in a way of its own."""

    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b""
    authorizations: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """The prepared answer."""
        self.authorizations.append(self.headers.get("Authorization", ""))
        self.send_response(self.status)
        self.send_header("Content-Type", "application/dicom+json")
        self.send_header("Content-Length", str(len(self.body)))
        if 300 <= self.status < 400:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, b"", RefusalCode.SERVER_FAILED),
        (404, b"", RefusalCode.SERVER_FAILED),
        (403, b"", RefusalCode.SERVER_DENIED),
        (302, b"", RefusalCode.SERVER_UNREACHABLE),
        (200, b"<html>log in</html>", RefusalCode.SERVER_UNREACHABLE),
        (200, b'[{"0020000D": {"vr": "UI"}}]', RefusalCode.SERVER_FAILED),
        (200, b'[{"0020000D": 7}]', RefusalCode.SOURCE_UNREADABLE),
    ],
)
def test_whatever_a_server_answers_is_a_refusal(
    status: int, body: bytes, code: RefusalCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors, redirects and nonsense have their code; a redirect gets no credentials."""
    monkeypatch.setattr(archive, "BACK_OFF_MS", 1)
    monkeypatch.setenv("EUPNEA_DICOMWEB_TOKEN", "canary-token")
    monkeypatch.setattr(_Server, "status", status)
    monkeypatch.setattr(_Server, "body", body)
    with HTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with pytest.raises(Refusal) as caught:
                Archive(f"http://127.0.0.1:{server.server_port}").studies(patient_id=PATIENT)
        finally:
            server.shutdown()
            thread.join()
    assert caught.value.code is code
    assert "canary" not in str(caught.value)
    assert _Server.authorizations[-1] == "Bearer canary-token"


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names the host and nothing of the query."""
    monkeypatch.setattr(archive, "BACK_OFF_MS", 1)
    with pytest.raises(Refusal) as caught:
        Archive("http://127.0.0.1:9/dicom-web").studies(patient_id=PATIENT)
    assert caught.value.code is RefusalCode.SERVER_UNREACHABLE
    assert str(caught.value).endswith("found ConnectionError (127.0.0.1:9)")


def test_a_study_of_another_modality_is_not_found(orthanc: Orthanc, tmp_path: Path) -> None:
    """Studies without CT are none of ours."""
    slices = ct_series(study="mr")[:1]
    put(slices[0], Modality="MR")
    save(slices, tmp_path / "mr")
    orthanc.fill(tmp_path)
    assert Archive(orthanc.url).studies() == ()
