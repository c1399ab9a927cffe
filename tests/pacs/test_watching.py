"""Each new chest CT once, whatever happens in between."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dicomweb_client", reason="the extra `pacs` is not installed")

from pydicom import FileDataset, dcmread

from eupnea.analysis import Analysis
from eupnea.errors import OutputError, Refusal, RefusalCode, UsageError
from eupnea.pacs import Archive, Watching, push, watch
from eupnea.pacs.entry import Study
from eupnea.pipeline import analyze
from eupnea.write import AnalysisDocument
from eupnea.write.alone import alone_in
from eupnea.write.dicom import write_dicom
from support.ct import ct_series, save
from support.fake_archive import FakeArchive
from support.orthanc import Orthanc
from support.sick import sick_hu, thin_is_normal

PATIENT = "canary-patient-77"
DAYS = {"a": "20200305", "b": "20200611"}


def study_of(name: str, **attributes: Any) -> dict[str, Any]:
    """Arguments of one study's series."""
    day = DAYS.get(name, "20200305")
    return {
        "study": name,
        "StudyDate": day,
        "AcquisitionDate": day,
        "PatientID": PATIENT,
        "PatientName": "Canary^Jane",
        **attributes,
    }


def made(name: str, rows: int, **attributes: Any) -> list[FileDataset]:
    """The slices of one study."""
    return ct_series(hu=sick_hu(rows), **study_of(name, **attributes))


class Runner:
    """Watches until nothing is left to do, and remembers what it was told and asked."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.folder = folder
        self.lines: list[str] = []
        self.scans: list[int] = []
        self.fails: list[Exception] = []

    def __call__(self) -> None:
        """One watch, from start to end."""
        how = Watching(
            folder=self.folder, since=date(2020, 1, 1), every_s=0.02, settle_s=0.05, is_once=True
        )
        watch(self.archive, how, self.measure, tell=self.lines.append)

    def measure(self, sources: Sequence[Path], out: Path) -> Analysis:
        """The pipeline, with an organ for tests."""
        if self.fails:
            raise self.fails.pop()
        analysis = analyze(list(sources), organ=thin_is_normal())
        document = AnalysisDocument.of(analysis)
        write_dicom(analysis, document, out / "dicom")
        (out / "analysis.json").write_text(document.to_json())
        self.scans.append(len(analysis.scans))
        return analysis


@pytest.fixture
def held() -> FakeArchive:
    """An archive with one study."""
    archive = FakeArchive()
    archive.fill(made("a", rows=2))
    return archive


@pytest.fixture
def run(held: FakeArchive, tmp_path: Path) -> Runner:
    """A watch over it."""
    return Runner(held, tmp_path / "watch")


def test_a_real_archive_is_answered_once(orthanc: Orthanc, tmp_path: Path) -> None:
    """Through QIDO, WADO and STOW: two SEG come back, and a restart adds nothing."""
    orthanc.fill(save(made("a", rows=2), tmp_path / "sent"))
    run = Runner(Archive(orthanc.url), tmp_path / "watch")
    run()
    run()
    assert run.scans == [1]
    assert len(orthanc.instances("SEG")) == 2


def test_a_study_is_measured_and_answered(run: Runner, held: FakeArchive) -> None:
    """Two SEG go back; the scans that were pulled are gone, the result stays."""
    run()
    assert run.scans == [1]
    assert held.count("SEG") == 2
    assert not list((run.folder / "pulled").iterdir())
    (result,) = (run.folder / "results").iterdir()
    assert (result / "analysis.json").exists()
    assert run.lines == [f"{result.name}: 1 scans measured, 2 objects stored"]


def test_each_study_is_done_once(run: Runner) -> None:
    """A restart finds nothing to do, though the archive has grown by the answer."""
    run()
    run()
    run()
    assert run.scans == [1]


def test_a_later_study_is_compared_with_its_prior(run: Runner, held: FakeArchive) -> None:
    """The second study brings a report of the change; the first is not stored again."""
    run()
    first = set(held.held)
    held.fill(made("b", rows=4))
    held.fill(made("other", rows=1, PatientID="another"))
    run()
    assert sorted(run.scans) == [1, 1, 2]
    assert first < set(held.held)
    assert held.count("SEG") == 6
    assert held.count("SR") == 1


def test_a_prior_that_arrives_late_is_compared_too(run: Runner, held: FakeArchive) -> None:
    """With the later study that was answered before, under one identity; and that once."""
    older = made("a", rows=4, StudyDate="20200105", AcquisitionDate="20200105", study="late")
    run()
    held.fill(older)
    run()
    run()
    assert run.scans == [1, 2]
    assert held.count("SR") == 1
    (result,) = (run.folder / "results").glob("2020-01-05_*")
    segments: dict[str, set[str]] = {}
    for path in (result / "dicom").glob("seg_*"):
        for segment in dcmread(path).SegmentSequence:
            segments.setdefault(segment.TrackingID, set()).add(segment.TrackingUID)
    assert {"roi", "normal", "R1"} <= segments.keys()
    assert all(len(uids) == 1 for uids in segments.values())


def test_a_study_that_grows_is_done_again(run: Runner, held: FakeArchive) -> None:
    """A series that arrives after the answer is looked at too."""
    run()
    held.fill(made("a", rows=2, series="late", ConvolutionKernel="B70f"))
    run()
    assert run.scans == [1, 1]


@pytest.mark.parametrize(
    "failure",
    [
        Refusal(RefusalCode.SERVER_UNREACHABLE, expected="an answer", found="none"),
        OutputError("the disk is full"),
    ],
)
def test_what_fails_by_chance_is_tried_again(run: Runner, failure: Exception) -> None:
    """A failing archive and a full disk are told, and are no verdict on the study."""
    run.fails.append(failure)
    run()
    assert run.scans == [1]
    assert str(failure) in run.lines[0]
    assert "2 objects stored" in run.lines[1]


def test_a_look_that_fails_is_repeated(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it runs, a watch outlives an archive that is away for a while."""
    failure = Refusal(RefusalCode.SERVER_UNREACHABLE, expected="an answer", found="none")
    looks = iter([None, failure])
    whole = FakeArchive.studies

    def sometimes(self: FakeArchive, **query: Any) -> tuple[Study, ...]:
        if (error := next(looks, None)) is not None:
            raise error
        return whole(self, **query)

    monkeypatch.setattr(FakeArchive, "studies", sometimes)
    run()
    assert run.lines[0] == str(failure)
    assert run.scans == [1]


def test_a_kill_between_measuring_and_storing_loses_nothing(
    run: Runner, held: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start measures and stores; objects that were stored before are not doubled."""

    def killed(archive: Archive, results: Sequence[Path], **_: object) -> None:
        push(archive, [min((results[0] / "dicom").iterdir())])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("eupnea.pacs.watching.push", killed)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert held.count("SEG") == 1
    run()
    assert run.scans == [1, 1]
    assert held.count("SEG") == 2


def test_a_study_that_cannot_be_measured_is_left_out_once(run: Runner, held: FakeArchive) -> None:
    """Its code is told; other studies go on, and it is not tried again."""
    slices = ct_series(**study_of("b"))
    del slices[5]
    held.fill(slices)
    run()
    assert sum("left out (SLICES_MISSING)" in line for line in run.lines) == 1
    run()
    assert run.scans == [1, 1]
    assert held.count("SEG") == 2


def test_another_part_of_the_body_is_left_alone(run: Runner, held: FakeArchive) -> None:
    """A head is not even fetched."""
    held.fill(made("b", rows=1, PatientID="head", BodyPartExamined="HEAD"))
    run()
    assert run.scans == [1]
    assert any(line.endswith("left out (elsewhere)") for line in run.lines)


def test_a_refused_study_alone(run: Runner, held: FakeArchive) -> None:
    """A study that is refused as a whole is remembered with its code."""
    slices = ct_series(**study_of("b", PatientID="alone"))[:5]
    held.fill(slices)
    run()
    assert any("left out (SLICES_TOO_FEW)" in line for line in run.lines)


def test_a_study_still_arriving_waits(
    run: Runner, held: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices that come between two looks put the study off."""
    late = ct_series(**study_of("a", series="late"))[:2]
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 1:
            held.fill(late)

    monkeypatch.setattr("eupnea.pacs.watching.time.sleep", nap)
    monkeypatch.setattr("eupnea.pacs.watching.time.monotonic", lambda: 0.06 * len(naps))
    run()
    assert len(naps) == 2
    assert run.scans == [1]


def test_one_watch_per_folder(run: Runner) -> None:
    """A second one does not start."""
    with alone_in(run.folder, work="watch"), pytest.raises(UsageError, match="another watch"):
        run()


def test_the_day_of_the_first_start_is_kept(held: FakeArchive, tmp_path: Path) -> None:
    """Without a day, older studies are not new; the day is the same after a restart."""
    runner = Runner(held, tmp_path / "watch")
    how = Watching(folder=runner.folder, every_s=0.01, settle_s=0.01, is_once=True)
    watch(runner.archive, how, runner.measure, tell=runner.lines.append)
    assert runner.scans == []
    (runner.folder / "done" / "since").write_text("2020-03-01\n")
    watch(runner.archive, how, runner.measure, tell=runner.lines.append)
    assert runner.scans == [1]


def test_nothing_personal_is_told(
    run: Runner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Lines, logs, names of files and documents hold no word on the patient."""
    caplog.set_level(logging.DEBUG)
    run()
    told = "".join(run.lines) + caplog.text + "".join(capfd.readouterr())
    told += "".join(str(path) for path in run.folder.rglob("*"))
    told += "".join(
        path.read_text()
        for path in run.folder.rglob("*")
        if path.suffix in {".json", ".html", ".csv"}
    )
    assert "canary" not in told.lower()
