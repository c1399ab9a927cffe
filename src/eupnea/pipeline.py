"""The order of the steps: read, segment each scan, compare, answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from eupnea.analysis import Analysis, RefusedScan, ScanAnalysis
from eupnea.compare import CompareSettings, KnownScan, compare_timeline
from eupnea.deidentify import Key, deidentify
from eupnea.errors import Refusal
from eupnea.organ import Organ
from eupnea.progress import Progress, Step, unwatched
from eupnea.read import Reading, ReadOptions, read_timeline
from eupnea.read.nifti import ORIENTATION_UNKNOWN
from eupnea.segment import find_organ, segment_scan

UNKNOWN_ZONE = "unknown"


def analyze(
    sources: Sequence[Path | str] | Path | str,
    dates: Sequence[date | datetime | str] | None = None,
    organ: str | Organ = "lung",
    *,
    options: ReadOptions | None = None,
    key: Key | None = None,
    comparison: CompareSettings | None = None,
    known: Sequence[KnownScan] = (),
    progress: Progress = unwatched,
) -> Analysis:
    """Measure the normal and the abnormal region of each scan, and what changed.

    Args:
        sources: DICOM folders, DICOM zips, or one NIfTI per scan.
        dates: Acquisition dates of NIfTI scans, in the order of `sources`.
        organ: The target organ, by name or ready made (`eupnea.segment.find_organ`).
        options: How strict reading is.
        key: Takes the patient out of everything that follows (`eupnea.deidentify`).
        comparison: How to compare, and what a repeat scan could show.
        known: Scans of an earlier answer, whose regions keep their names
            (`eupnea.write.read_names`).
        progress: Called at the beginning of each step.

    Returns:
        The analysis. A scan that had to be refused while others could be
        measured is named in `Analysis.refused`.

    Raises:
        Refusal: When no scan is left to measure, or the scans cannot belong
            together (two patients, equal times).
    """
    target = find_organ(organ) if isinstance(organ, str) else organ
    named = [sources] if isinstance(sources, str | Path) else list(sources)
    progress(Step(name="reading the scans", done=0, total=3))
    reading = _read(named, dates, options or ReadOptions(), key)
    scans, refused = _segment_all(reading, target, progress)
    count = len(reading.timeline)
    progress(Step(name="comparing the scans", done=count + 1, total=count + 2))
    identified, changes = compare_timeline(scans, settings=comparison, known=tuple(known))
    return Analysis(
        organ=target.name,
        roi_method=target.roi_method,
        normal_method=target.normal_method,
        scans=identified,
        changes=changes,
        files=reading.files,
        refused=(*reading.refused, *refused),
    )


def _read(
    sources: Sequence[Path | str],
    dates: Sequence[date | datetime | str] | None,
    options: ReadOptions,
    key: Key | None,
) -> Reading:
    if key is None:
        return read_timeline(sources, dates=dates, options=options)
    unnamed = read_timeline(sources, dates=dates, options=replace(options, hide_names=True))
    return deidentify(unnamed, key)


def _segment_all(
    reading: Reading, organ: Organ, progress: Progress
) -> tuple[tuple[ScanAnalysis, ...], tuple[RefusedScan, ...]]:
    """Segment every scan; one that is refused does not lose the others."""
    found: list[ScanAnalysis] = []
    refused: list[tuple[RefusedScan, Refusal]] = []
    count = len(reading.timeline)
    for number, scan in enumerate(reading.timeline, start=1):
        step = f"measuring scan {number} of {count}"
        progress(Step(name=step, done=number, total=count + 2))
        try:
            found.append(_sided(segment_scan(scan, organ, index=len(found))))
        except Refusal as refusal:
            source = ", ".join(scan.provenance.sources[:1]) or f"scan {number}"
            left_out = RefusedScan(source=source, code=refusal.code, text=str(refusal))
            refused.append((left_out, refusal))
    if not found:
        raise refused[0][1]
    return tuple(found), tuple(left_out for left_out, _ in refused)


def _sided(found: ScanAnalysis) -> ScanAnalysis:
    """No zone, hence no left or right, where the source does not say how it lies in the body."""
    if all(note.code != ORIENTATION_UNKNOWN for note in found.notes):
        return found
    regions = tuple(replace(region, zone=UNKNOWN_ZONE) for region in found.regions)
    return replace(found, regions=regions, zones=())
