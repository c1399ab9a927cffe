"""The account of every input file: used, or set aside and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from eupnea.analysis import InputFile, RefusedScan
from eupnea.errors import Refusal
from eupnea.read.finding import Finding
from eupnea.read.series import Series
from eupnea.read.source_file import SourceFile
from eupnea.read.verdict import Outcome, Verdict
from eupnea.scan import Scan
from eupnea.timeline import Timeline


@dataclass(kw_only=True)
class Ledger:
    """Collects, while reading, what becomes of files, series and scans."""

    names: list[str] = field(default_factory=list)
    """Of all files, in order."""
    reasons: dict[str, str] = field(default_factory=dict)
    """By file name: why it is not used."""
    verdicts: list[Verdict] = field(default_factory=list)
    refused: list[RefusedScan] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    """Of scans, in order; the first stands for the whole when nothing is left."""
    unreadable: dict[SourceFile, Refusal] = field(default_factory=dict)
    """Of files that belong to no known series."""

    def file_aside(self, file: SourceFile, reason: str) -> None:
        """A file is no slice of a CT volume."""
        self.reasons[file.name] = reason

    def file_refused(self, file: SourceFile, refusal: Refusal) -> None:
        """A file cannot be read."""
        self.reasons[file.name] = str(refusal)
        self.unreadable[file] = refusal

    def unreadable_beside(self, series: Series) -> int:
        """How many unreadable files lie in the folders of a series: slices of it, perhaps."""
        folders = {one.file.folder for one in series.slices}
        return sum(file.folder in folders for file in self.unreadable)

    def used(self, series: Series, findings: tuple[Finding, ...]) -> None:
        """A series became the scan of its study; what it leaves out are copies."""
        self._judge(series, Outcome.USED, "the scan of its study", findings)
        self.reasons |= {one.file.name: "copy of another slice" for one in series.slices}

    def set_aside(self, series: Series, reason: str) -> None:
        """A series was not needed."""
        self._judge(series, Outcome.SET_ASIDE, reason, ())

    def series_refused(self, series: Series, findings: tuple[Finding, ...]) -> None:
        """A series cannot be measured; the last finding says why."""
        self._judge(series, Outcome.REFUSED, f"refused: {findings[-1].code}", findings)

    def image_used(self, file: SourceFile, scan: Scan) -> None:
        """An image file became a scan."""
        self.verdicts.append(
            Verdict(
                series=file.name,
                slices=scan.geometry.shape[0],
                outcome=Outcome.USED,
                reason="a scan of its own",
                findings=tuple(
                    Finding(code=note.code, text=note.text, severity=note.severity, fix="")
                    for note in scan.notes
                ),
            )
        )

    def image_refused(self, file: SourceFile, refusal: Refusal) -> None:
        """An image file cannot be measured."""
        self.reasons[file.name] = str(refusal)
        self.verdicts.append(
            Verdict(
                series=file.name,
                slices=0,
                outcome=Outcome.REFUSED,
                reason="cannot be measured",
                findings=(Finding.refused(refusal),),
            )
        )
        self.scan_refused(file.name, refusal)

    def scan_refused(self, source: str, refusal: Refusal) -> None:
        """A point in time is lost."""
        self.refusals.append(refusal)
        self.refused.append(RefusedScan(source=source, code=refusal.code, text=str(refusal)))

    def files(self, timeline: Timeline | None) -> tuple[InputFile, ...]:
        """The account, file by file."""
        places = {
            name: f"slice of scan {index}" if scan.provenance.dicom else f"scan {index}"
            for index, scan in enumerate(timeline or ())
            for name in scan.provenance.sources
        }
        return tuple(
            InputFile(
                path=name,
                used=name in places,
                reason=places.get(name) or self.reasons.get(name, "not reached"),
            )
            for name in self.names
        )

    def _judge(
        self, series: Series, outcome: Outcome, reason: str, findings: tuple[Finding, ...]
    ) -> None:
        for one in series.slices:
            self.reasons.setdefault(one.file.name, reason)
        self.verdicts.append(
            Verdict(
                series=series.name,
                slices=len(series),
                outcome=outcome,
                reason=reason,
                findings=findings,
            )
        )
