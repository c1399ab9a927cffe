"""One run from sources to the output folder, watched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eupnea.analysis import Analysis
from eupnea.cli.progress import Watch
from eupnea.compare import CompareSettings, RepeatabilityLimits
from eupnea.deidentify import Key
from eupnea.organ import Organ
from eupnea.pipeline import analyze
from eupnea.progress import Progress, unwatched
from eupnea.read import ReadOptions
from eupnea.segment import find_organ
from eupnea.write import (
    RunRecord,
    SegmentationType,
    check_output,
    read_names,
    write_analysis,
)


def run(
    sources: Sequence[Path],
    out: Path,
    *,
    dates: Sequence[str] | None = None,
    organ: str = "lung",
    normal: str | None = None,
    weights: Path | None = None,
    roi: Sequence[Path] = (),
    reading: ReadOptions | None = None,
    key: Key | None = None,
    limits: RepeatabilityLimits | None = None,
    names_from: Path | None = None,
    segmentation: SegmentationType = SegmentationType.BINARY,
    quiet: bool = False,
    told: Progress = unwatched,
) -> Analysis:
    """Analyze the sources and write everything to `out`; show progress unless `quiet`.

    Whoever else is to be told of each step is `told`.

    Raises:
        Refusal: The sources cannot be measured; nothing was written.
        OutputError: `out` cannot be written; nothing was written.
    """
    check_output(out)
    known = read_names(names_from) if names_from else ()
    comparison = CompareSettings(limits=limits or RepeatabilityLimits())
    with Watch(quiet=quiet, told=told) as watch:
        target = find_organ(organ, normal=normal, weights=weights, roi=roi)
        analysis = analyze(
            sources,
            dates or None,
            target,
            options=reading,
            key=key,
            comparison=comparison,
            known=known,
            progress=watch,
        )
        watch.finish()
        record = RunRecord.of(
            analysis,
            options={
                **_options(target, key, reading),
                "change_limits": str(comparison.limits),
                "names_kept": "yes" if known else "no",
            },
            seconds=watch.seconds,
        )
        write_analysis(analysis, out, run=record, segmentation=segmentation, progress=watch)
    return analysis


def _options(target: Organ, key: Key | None, reading: ReadOptions | None) -> dict[str, str]:
    chosen = reading or ReadOptions()
    return {
        "roi": target.roi_method.name,
        "normal": target.normal_method.name,
        "deidentify": "no" if key is None else "yes",
        "fill_gaps": "yes" if chosen.fill_gaps else "no",
        "same_patient": "yes" if chosen.same_patient else "no",
        "harmonise": "yes" if chosen.harmonise else "no",
        "nifti_affine": str(chosen.nifti_affine or "sform"),
    }
