"""A DICOMweb service: its studies, series and instances, to be found, fetched and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pydicom import Dataset

from eupnea.errors import ExtraMissing, Refusal, RefusalCode
from eupnea.pacs.entry import Entry, Study, parse, required
from eupnea.read.attributes import text
from eupnea.read.foreign import FOREIGN_ERRORS, quietly

if TYPE_CHECKING:
    from dicomweb_client.web import DICOMwebClient

SECONDS = (10.0, 120.0)
"""To wait for a connection, and for the next bytes of an answer."""
ATTEMPTS = 3
BACK_OFF_MS = 500
"""Before the second attempt; each wait is twice the one before."""
AS_STORED = (("application/dicom", "*"),)
"""The transfer syntax in which an instance was stored, so that nothing is decoded on the way."""
DENIED = {401, 403}
STUDY_FIELDS = [
    "PatientID",
    "StudyDate",
    "StudyTime",
    "NumberOfStudyRelatedInstances",
]
SERIES_FIELDS = ["Modality", "SeriesNumber", "BodyPartExamined"]


class Archive:
    """An image archive by its address.

    Whatever goes wrong is a `Refusal` that names the server and nothing else:
    no query, hence no patient, and no credentials.

    Args:
        url: Such as `https://pacs.example/dicom-web`.

    Raises:
        UsageError: The address is none, or holds credentials.
        ExtraMissing: The extra `pacs` is not installed.
    """

    def __init__(self, url: str) -> None:
        self._client = _client(url)
        self.server = urlsplit(url).netloc
        """Host and port, as they may be shown."""

    def studies(
        self,
        *,
        patient_id: str | None = None,
        since: date | None = None,
        modality: str = "CT",
    ) -> tuple[Study, ...]:
        """Studies that hold a modality, oldest first.

        A patient's number is compared as it stands: the `*` and `?` that a
        query would take for any number are not trusted to the server.
        """
        filters = {"ModalitiesInStudy": modality}
        if since is not None:
            filters["StudyDate"] = f"{since:%Y%m%d}-"
        if patient_id is None:
            return self._studies(filters)
        found = self._studies({**filters, "PatientID": patient_id})
        if not found and quote(patient_id, safe="") != patient_id:
            found = self._studies(filters)  # Orthanc 1.10 leaves escapes as they are
        return tuple(study for study in found if study.patient_id == patient_id)

    def series(self, study: Study, *, modality: str = "CT") -> tuple[Entry, ...]:
        """The series of one modality in a study, in order of their numbers."""

        def search(**page: Any) -> list[dict[str, Any]]:
            return self._client.search_for_series(study.uid, fields=SERIES_FIELDS, **page)

        rows = self._pages(search, "SeriesInstanceUID")
        found = (Entry.of(row, study, self.server) for row in rows)
        return tuple(
            sorted((one for one in found if one.modality == modality), key=lambda one: one.name)
        )

    def instances(self, series: Entry) -> tuple[str, ...]:
        """The identifiers of a series' instances, sorted."""

        def search(**page: Any) -> list[dict[str, Any]]:
            return self._client.search_for_instances(series.study.uid, series.uid, **page)

        rows = self._pages(search, "SOPInstanceUID")
        return tuple(sorted(_uid(row, "SOPInstanceUID", self.server) for row in rows))

    def fetch_series(self, series: Entry) -> Iterator[Dataset]:
        """All instances of a series, one by one as they arrive."""
        with self._talking():
            yield from self._client.iter_series(series.study.uid, series.uid, media_types=AS_STORED)

    def fetch(self, series: Entry, uid: str) -> Dataset:
        """One instance of a series."""
        with self._talking():
            return self._client.retrieve_instance(
                series.study.uid, series.uid, uid, media_types=AS_STORED
            )

    def has(self, study_uid: str, uid: str) -> bool:
        """Whether a study of the archive holds an instance."""
        with self._talking():
            rows = self._client.search_for_instances(
                study_uid, search_filters={"SOPInstanceUID": uid}
            )
        return any(_uid(row, "SOPInstanceUID", self.server) == uid for row in rows)

    def store(self, instance: Dataset) -> bool:
        """Store one instance; whether the archive says that it did."""
        with self._talking():
            answer = self._client.store_instances([instance])
            stored = answer.get("ReferencedSOPSequence") or []
            return any(
                text(item, "ReferencedSOPInstanceUID") == instance.SOPInstanceUID for item in stored
            )

    def _studies(self, filters: dict[str, str]) -> tuple[Study, ...]:
        def search(**page: Any) -> list[dict[str, Any]]:
            return self._client.search_for_studies(
                search_filters=filters, fields=STUDY_FIELDS, **page
            )

        rows = self._pages(search, "StudyInstanceUID")
        found = (Study.of(row, self.server) for row in rows)
        return tuple(sorted(found, key=lambda study: (study.at, study.uid)))

    def _pages(
        self, search: Callable[..., list[dict[str, Any]]], keyword: str
    ) -> list[dict[str, Any]]:
        """All rows, in pages as long as the server likes; one that knows none sends all at once.

        No limit is asked for: under one, Orthanc 1.10 loses studies that it
        has to filter by modality.
        """
        rows: dict[str, dict[str, Any]] = {}
        while True:
            with self._talking():
                page = search(offset=len(rows))
            fresh = {_uid(row, keyword, self.server): row for row in page}
            if fresh.keys() <= rows.keys():
                return list(rows.values())
            rows |= fresh

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Turns what a request raises into a refusal; its own words quote the query."""
        from requests import HTTPError, RequestException  # noqa: PLC0415 - an extra's own

        try:
            with quietly():
                yield
        except Refusal:
            raise
        except HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            denied = status in DENIED
            raise self._refusal(
                RefusalCode.SERVER_DENIED if denied else RefusalCode.SERVER_FAILED,
                f"status {status}",
            ) from None
        except RequestException as error:
            raise self._refusal(RefusalCode.SERVER_UNREACHABLE, type(error).__name__) from None
        except FOREIGN_ERRORS as error:
            raise self._refusal(RefusalCode.SERVER_FAILED, type(error).__name__) from None

    def _refusal(self, code: RefusalCode, found: str) -> Refusal:
        return Refusal(code, expected=_EXPECTED[code], found=found, where=self.server)


_EXPECTED = {
    RefusalCode.SERVER_DENIED: "credentials that the archive accepts "
    "(EUPNEA_DICOMWEB_USER and EUPNEA_DICOMWEB_PASSWORD, or netrc)",
    RefusalCode.SERVER_FAILED: "an answer as DICOMweb promises it",
    RefusalCode.SERVER_UNREACHABLE: "an archive that answers",
}


def _client(url: str) -> DICOMwebClient:
    try:
        from dicomweb_client.web import DICOMwebClient  # noqa: PLC0415 - an extra

        from eupnea.pacs.session import check_url, open_session  # noqa: PLC0415 - needs it too
    except ImportError:
        raise ExtraMissing("pacs", needed_for="DICOMweb") from None
    client = DICOMwebClient(
        check_url(url), session=open_session(), permissive_uid=True, timeout=SECONDS
    )
    client.set_http_retry_params(max_attempts=ATTEMPTS, wait_exponential_multiplier=BACK_OFF_MS)
    return client


def _uid(row: dict[str, Any], keyword: str, where: str) -> str:
    return required(parse(row, where), keyword, where)
