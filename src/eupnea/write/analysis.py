"""Everything that is written about an analysis, in one folder."""

from __future__ import annotations

from pathlib import Path

from eupnea.analysis import Analysis
from eupnea.progress import Progress, Step, unwatched
from eupnea.write.dicom import SegmentationType, write_dicom
from eupnea.write.document import AnalysisDocument
from eupnea.write.folder import DOCUMENT, written_aside
from eupnea.write.masks import write_masks
from eupnea.write.report import render_report
from eupnea.write.run import RunRecord
from eupnea.write.seg_nrrd import seg_nrrd_bytes
from eupnea.write.tables import events_csv, regions_csv, scans_csv


def write_analysis(
    analysis: Analysis,
    out: Path,
    *,
    run: RunRecord | None = None,
    segmentation: SegmentationType = SegmentationType.BINARY,
    progress: Progress = unwatched,
) -> None:
    """Write the documents, tables, masks, report and DICOM objects of an analysis.

    The folder appears whole or not at all; an earlier output is replaced.

    Args:
        analysis: The answer.
        out: The folder to make; `docs/outputs.md` names every file in it.
        run: What ran; made from the analysis alone when absent.
        segmentation: How DICOM segmentations store tissue.
        progress: Called at the beginning of each step.

    Raises:
        UsageError: When `out` holds something else than an earlier output.
        OutputError: When the disk is full, or writing is not permitted.
    """
    document = AnalysisDocument.of(analysis)
    with written_aside(out) as folder:
        total = len(analysis.scans) + 3
        for done, found in enumerate(analysis.scans):
            progress(Step(name=f"writing {found.folder}", done=done, total=total))
            write_masks(found, folder / found.folder)
            content = seg_nrrd_bytes(analysis, found)
            (folder / found.folder / "segmentation.seg.nrrd").write_bytes(content)
        progress(Step(name="writing DICOM objects", done=total - 3, total=total))
        write_dicom(analysis, document, folder / "dicom", kind=segmentation)
        progress(Step(name="writing the report", done=total - 2, total=total))
        _write(folder / "report.html", render_report(analysis, document))
        progress(Step(name="writing the tables", done=total - 1, total=total))
        _write(folder / "scans.csv", scans_csv(document))
        _write(folder / "regions.csv", regions_csv(document))
        _write(folder / "events.csv", events_csv(document))
        _write(folder / "run.json", (run or RunRecord.of(analysis)).to_json())
        _write(folder / DOCUMENT, document.to_json())


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
