"""From scans to a worklist: which images to label, which side, in what order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.errors import Refusal, UsageError
from eupnea.label.drawn import Canvas
from eupnea.label.effort import estimate_effort
from eupnea.label.learning_set import LearningSet
from eupnea.label.page import render_page, thumbnail
from eupnea.label.plan import LabelPlan, Strategy, Thresholds
from eupnea.label.prelabel import IMAGE, write_prelabel
from eupnea.label.priority import Lessons, Ranked, density_histogram, rank, uncertainty
from eupnea.label.strategy import plan_label
from eupnea.label.worklist import WORKLIST, Cuts, LeftOut, WorkItem, Worklist
from eupnea.organ import Organ
from eupnea.progress import Progress, Step, unwatched
from eupnea.read import read_timeline
from eupnea.read.acquired_at import UNKNOWN
from eupnea.read.patient_folder import sources_in
from eupnea.scan import Scan
from eupnea.segment import segment_scan
from eupnea.write.folder import written_aside
from eupnea.write.report.picture import Picture


@dataclass(frozen=True, kw_only=True, eq=False)
class _Planned:
    """What stays of an image when its voxels are written and gone."""

    item: WorkItem
    lessons: Lessons
    picture: Picture = field(repr=False)


def plan_labels(
    sources: Sequence[Path],
    out: Path,
    *,
    organ: Organ,
    thresholds: Thresholds | None = None,
    strategy: Strategy = Strategy.THRESHOLDS,
    labelled: Path | None = None,
    progress: Progress = unwatched,
) -> Worklist:
    """Decides for each image which side to label, and writes worklist and prelabels.

    Args:
        sources: One patient each: a DICOM folder or zip with all studies, one
            image file, or a folder of image files, one per scan.
        out: The folder to make; new or empty, as it will hold drawn labels.
        organ: Finds the organ and, as the complement of its normal part, the
            candidate regions.
        thresholds: The cuts of the rule; `None` means the defaults.
        strategy: What decides on the side.
        labelled: The learning set so far: its images teach nothing new, and
            novelty is distance from them too.
        progress: Called as each patient begins.

    Returns:
        The worklist that was written. A patient that had to be refused is
        named in `left_out` while the others are planned.

    Raises:
        Refusal: When no image is left to plan.
        UsageError: When `out` holds anything.
        OutputError: When it cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not an empty folder; labels drawn there must not be lost")
    cuts = thresholds or Thresholds()
    planned: list[_Planned] = []
    refusals: list[tuple[LeftOut, Refusal]] = []
    learning = LearningSet(labelled) if labelled is not None else None
    with written_aside(out) as folder:
        for number, source in enumerate(sources, start=1):
            progress(Step(name=f"planning {source.name}", done=number - 1, total=len(sources)))
            try:
                planned += _plan_patient(source, number, folder, organ, cuts, strategy, learning)
            except Refusal as refusal:
                left_out = LeftOut(source=str(source), code=refusal.code, text=str(refusal))
                refusals.append((left_out, refusal))
        if not planned:
            raise refusals[0][1]
        worklist = Worklist(
            organ=organ.name,
            candidates=f"{organ.normal_method.name} {organ.normal_method.version}",
            candidates_summary=organ.normal_method.summary,
            strategy=strategy,
            thresholds=Cuts(**asdict(cuts)),
            labelled=len(learning.newest()) if learning is not None else 0,
            items=_in_order(planned, learning),
            left_out=tuple(left_out for left_out, _ in refusals),
        )
        pictures = {one.item.case: one.picture for one in planned}
        (folder / "worklist.html").write_text(render_page(worklist, pictures), encoding="utf-8")
        (folder / "worklist.csv").write_text(worklist.to_csv(), encoding="utf-8")
        (folder / WORKLIST).write_text(worklist.to_json(), encoding="utf-8")
    return worklist


def _plan_patient(
    source: Path,
    number: int,
    folder: Path,
    organ: Organ,
    cuts: Thresholds,
    strategy: Strategy,
    learning: LearningSet | None,
) -> Iterator[_Planned]:
    """Each scan of one patient, oldest first; its files are written on the way."""
    patient = f"P{number:03d}"
    before: float | None = None
    for index, scan in enumerate(read_timeline(sources_in(source)).timeline):
        found, certainty = _segment(scan, organ, index)
        change = None if before is None else abs(found.abnormal.fraction - before)
        before = found.abnormal.fraction
        volumes = [region.volume_ml for region in found.regions]
        plan = plan_label(volumes, found.roi.volume_ml, cuts, strategy=strategy)
        case = f"{patient}_{index:02d}"
        place = folder / "cases" / case
        prelabels = write_prelabel(found, plan.label_type, place, organ=organ)
        lessons = Lessons(
            uncertainty=certainty,
            change=change,
            labelled=learning is not None and learning.holds(place / IMAGE),
            histogram=density_histogram(scan.hu[found.roi.mask.voxels]),
        )
        item = _item(
            found, plan, lessons, case=case, patient=patient, source=source, prelabels=prelabels
        )
        yield _Planned(item=item, lessons=lessons, picture=thumbnail(found))


def _segment(scan: Scan, organ: Organ, index: int) -> tuple[ScanAnalysis, float | None]:
    """The scan's regions, and how uncertain the model was of them."""
    roi = organ.find_roi(scan)
    normal = organ.find_normal(scan, roi.mask)
    known = replace(organ, find_roi=lambda _: roi, find_normal=lambda *_: normal)
    found = segment_scan(scan, known, index=index)
    doubt = None if normal.certainty is None else uncertainty(normal.certainty, roi.mask)
    return found, doubt


def _item(
    found: ScanAnalysis,
    plan: LabelPlan,
    lessons: Lessons,
    *,
    case: str,
    patient: str,
    source: Path,
    prelabels: dict[str, str],
) -> WorkItem:
    """The image as the worklist has it, its place in the order still open."""
    acquired_at = found.scan.acquired_at
    return WorkItem(
        rank=0,
        case=case,
        patient=patient,
        source=str(source),
        acquired_at=None if acquired_at == UNKNOWN else acquired_at,
        folder=f"cases/{case}",
        label_type=plan.label_type,
        prelabels=prelabels,
        reason=plan.reason,
        sentence=plan.sentence,
        largest_ml=round(plan.largest_ml, 3),
        total_ml=round(plan.total_ml, 3),
        count=plan.count,
        fraction=round(plan.fraction, 6),
        minutes=round(estimate_effort(found).minutes, 1),
        score=0.0,
        uncertainty=lessons.uncertainty,
        change=lessons.change,
        novelty_hu=0.0,
        labelled=lessons.labelled,
    )


def _in_order(planned: Sequence[_Planned], learning: LearningSet | None) -> tuple[WorkItem, ...]:
    known = list(_densities(learning)) if learning is not None else []
    places = rank([one.lessons for one in planned], known=known)
    return tuple(
        _placed(planned[place.index].item, number, place)
        for number, place in enumerate(places, start=1)
    )


def _densities(learning: LearningSet) -> Iterator[NDArray[np.float64]]:
    """The density histogram of each image that is labelled."""
    for case in learning.newest():
        scan = next(iter(read_timeline([learning.image(case)]).timeline))
        organ = Canvas.read(learning.organ(case)).roi
        yield density_histogram(scan.hu[organ.voxels])


def _placed(item: WorkItem, number: int, place: Ranked) -> WorkItem:
    return item.model_copy(
        update={
            "rank": number,
            "score": round(place.score, 4),
            "novelty_hu": round(place.novelty_hu, 1),
        }
    )
