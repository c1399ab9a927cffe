"""New chest CT in an archive, measured against its priors and answered there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from eupnea.analysis import Analysis
from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.pacs.archive import Archive
from eupnea.pacs.done import STORED, Done, Register
from eupnea.pacs.entry import Entry, Study
from eupnea.pacs.pulling import pull
from eupnea.pacs.pushing import push
from eupnea.progress import Progress, unwatched
from eupnea.write.alone import alone_in

Measure = Callable[[list[Path], Path], Analysis]
"""Analyzes folders of DICOM and writes everything to an output folder."""

SERVER_CODES = {
    RefusalCode.SERVER_UNREACHABLE,
    RefusalCode.SERVER_DENIED,
    RefusalCode.SERVER_FAILED,
}
"""Refusals that say nothing of a study: it is tried again."""


@dataclass(frozen=True, kw_only=True)
class Watching:
    """How to watch.

    `folder` holds `done/` (one record per study), `pulled/` (the scans of the
    study at work, gone afterwards) and `results/` (one output folder per study).
    """

    folder: Path
    since: date | None = None
    """First study date to look at; the day of the first start if `None`."""
    every_s: float = 60.0
    """Between two looks at the archive."""
    settle_s: float = 120.0
    """For so long no slice may have been added to a study before it is taken up."""
    is_once: bool = False
    """Whether to end when no study is left to do."""


def watch(
    archive: Archive,
    how: Watching,
    measure: Measure,
    *,
    tell: Callable[[str], None],
    progress: Progress = unwatched,
) -> None:
    """Look for new studies, again and again; each is done once, however often this is started.

    A study is taken up when it holds CT that may be of the chest and has
    settled. Its priors are all earlier CT studies of the same patient; one that
    arrives late is measured with the later ones that were answered before.
    What a failing archive or a full disk interrupts is tried again at the next
    look; a study that cannot be measured is remembered with its code.

    Args:
        archive: Where the studies come from, and the results go to.
        how: Folder, days and intervals.
        measure: Runs the analysis.
        tell: Given a line about each study; never a word on the patient.
        progress: Called at the beginning of each step.

    Raises:
        UsageError: Another watch works in the folder.
        Refusal: `SERVER_...`, when the archive fails at the very first look.
    """
    with alone_in(how.folder, work="watch"):
        worker = _Worker(
            archive=archive,
            how=how,
            measure=measure,
            tell=tell,
            progress=progress,
            register=Register(how.folder / "done"),
        )
        worker.run()


@dataclass(kw_only=True)
class _Worker:
    archive: Archive
    how: Watching
    measure: Measure
    tell: Callable[[str], None]
    progress: Progress
    register: Register
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By study: the number of CT slices, and since when it has been that."""

    def run(self) -> None:
        since = self.register.since(self.how.since)
        waiting = self._look(since)
        while waiting or not self.how.is_once:
            time.sleep(min(self.how.every_s, self.how.settle_s) if waiting else self.how.every_s)
            try:
                waiting = self._look(since)
            except Refusal as refusal:
                self.tell(str(refusal))

    def _look(self, since: date) -> bool:
        """One look at the archive; whether a study is left that has yet to settle."""
        waiting = False
        for study in self.archive.studies(since=since):
            if not self._is_done(study):
                waiting |= not self._take_up(study)
        return waiting

    def _is_done(self, study: Study) -> bool:
        """Whether a study was done with the slices that it holds now."""
        record = self.register.find(study)
        if record is None:
            return False
        if study.instances is not None and study.instances == record.instances:
            return True
        if record.slices != _count(self.archive, self.archive.series(study)):
            return False
        self.register.add(study, record.model_copy(update={"instances": study.instances}))
        return True

    def _take_up(self, study: Study) -> bool:
        """Do a study if it has settled; whether it is done."""
        series = self.archive.series(study)
        slices, now = _count(self.archive, series), time.monotonic()
        known, at = self.seen.setdefault(study.uid, (slices, now))
        if known != slices:
            self.seen[study.uid] = slices, now
            return False
        if now - at < self.how.settle_s:
            return False
        try:
            record = self._do(study, series, slices)
        except (Refusal, OutputError) as error:
            self.tell(f"{study.name}: {error}")
            return False
        self.register.add(study, record)
        self.tell(_line(study, record))
        return True

    def _do(self, study: Study, series: Iterable[Entry], slices: int) -> Done:
        record = Done(study=study.uid, slices=slices, outcome="elsewhere")
        if all(entry.is_elsewhere for entry in series):
            return record
        pulled = self.how.folder / "pulled" / study.name
        try:
            return self._measure(study, pulled, record)
        except Refusal as refusal:
            if refusal.code in SERVER_CODES:
                raise
            return record.model_copy(update={"outcome": refusal.code.value})
        finally:
            shutil.rmtree(pulled, ignore_errors=True)

    def _measure(self, study: Study, pulled: Path, record: Done) -> Done:
        pull(self.archive, self._with_others(study), pulled, progress=self.progress)
        result = self.how.folder / "results" / study.name
        analysis = self.measure([pulled], result)
        if all(found.scan.provenance.study_uid != study.uid for found in analysis.scans):
            place = f"{pulled.name}/{study.name}/"
            codes = (one.code for one in analysis.refused if one.source.startswith(place))
            return record.model_copy(update={"outcome": next(codes, "elsewhere")})
        pushed = push(self.archive, [result], progress=self.progress)
        return record.model_copy(
            update={
                "outcome": STORED,
                "scans": len(analysis.scans),
                "objects": pushed.stored + pushed.known,
            }
        )

    def _with_others(self, study: Study) -> list[Study]:
        """The study, and those of the same patient that it is measured with.

        All earlier ones; and later ones that were answered before it arrived,
        so that they are compared with it, under one identity of each region.
        """
        if not study.patient_id:
            return [study]
        others = self.archive.studies(patient_id=study.patient_id)
        chosen = [one for one in others if one.at <= study.at or self._is_answered(one)]
        return [*(one for one in chosen if one.uid != study.uid), study]

    def _is_answered(self, study: Study) -> bool:
        record = self.register.find(study)
        return record is not None and record.outcome == STORED


def _count(archive: Archive, series: Iterable[Entry]) -> int:
    return sum(len(archive.instances(entry)) for entry in series)


def _line(study: Study, record: Done) -> str:
    if record.outcome != STORED:
        return f"{study.name}: left out ({record.outcome})"
    return f"{study.name}: {record.scans} scans measured, {record.objects} objects stored"
