"""An archive in memory, for what does not depend on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pydicom import Dataset, FileDataset

from eupnea.pacs import Archive
from eupnea.pacs.entry import Entry, Study


class FakeArchive(Archive):
    """Holds instances by their identifiers, and answers as an archive does."""

    def __init__(self) -> None:
        self.server = "127.0.0.1:0"
        self.held: dict[str, Dataset] = {}

    def fill(self, slices: Iterable[FileDataset]) -> None:
        """Put slices in."""
        self.held |= {one.SOPInstanceUID: one for one in slices}

    def count(self, modality: str) -> int:
        """How many instances of a modality are held."""
        return sum(one.Modality == modality for one in self.held.values())

    def studies(
        self, *, patient_id: str | None = None, since: date | None = None, modality: str = "CT"
    ) -> tuple[Study, ...]:
        """As a query answers."""
        found: dict[str, Study] = {}
        for one in self.held.values():
            if one.Modality == modality:
                study = self._study(one)
                if patient_id in {None, study.patient_id} and study.at.date() >= (
                    since or date.min
                ):
                    found[study.uid] = study
        return tuple(sorted(found.values(), key=lambda study: (study.at, study.uid)))

    def series(self, study: Study, *, modality: str = "CT") -> tuple[Entry, ...]:
        """As a query answers."""
        found = {
            one.SeriesInstanceUID: Entry(
                study=study,
                uid=one.SeriesInstanceUID,
                modality=modality,
                number=3,
                is_elsewhere=one.get("BodyPartExamined") == "HEAD",
            )
            for one in self.held.values()
            if one.StudyInstanceUID == study.uid and one.Modality == modality
        }
        return tuple(found.values())

    def instances(self, series: Entry) -> tuple[str, ...]:
        """As a query answers."""
        return tuple(sorted(one.SOPInstanceUID for one in self._of(series)))

    def fetch_series(self, series: Entry) -> Iterator[Dataset]:
        """All instances of a series."""
        yield from self._of(series)

    def fetch(self, series: Entry, uid: str) -> Dataset:
        """One instance."""
        del series
        return self.held[uid]

    def has(self, study_uid: str, uid: str) -> bool:
        """Whether it is held."""
        return uid in self.held and self.held[uid].StudyInstanceUID == study_uid

    def store(self, instance: Dataset) -> bool:
        """Take it in."""
        self.held[instance.SOPInstanceUID] = instance
        return True

    def _of(self, series: Entry) -> list[Dataset]:
        return [one for one in self.held.values() if one.SeriesInstanceUID == series.uid]

    def _study(self, one: Dataset) -> Study:
        whole = [other for other in self.held.values() if _same_study(one, other)]
        row = Dataset()
        for keyword in ("StudyInstanceUID", "PatientID", "StudyDate", "StudyTime"):
            setattr(row, keyword, one[keyword].value)
        row.NumberOfStudyRelatedInstances = len(whole)
        return Study.of(row.to_json_dict(), self.server)


def _same_study(one: Dataset, other: Dataset) -> bool:
    return bool(one.StudyInstanceUID == other.StudyInstanceUID)
