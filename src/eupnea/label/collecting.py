"""Takes drawn labels back: checked file by file, kept version by version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.label.completion import complete, merge
from eupnea.label.drawn import Canvas, read_drawn
from eupnea.label.export import export
from eupnea.label.learning_set import LabelRecord, LearningSet, check_reader
from eupnea.label.prelabel import IMAGE, ORGAN
from eupnea.label.worklist import WorkItem, Worklist
from eupnea.read.image_file import is_image_name


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A file, or all files of one image, that could not be taken."""

    file: str
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What became of the files that were handed in."""

    added: tuple[LabelRecord, ...]
    """New versions."""
    known: tuple[str, ...]
    """Images whose label is the one that was collected before."""
    untouched: tuple[str, ...]
    """Prelabels as they were written: nobody has drawn on them yet."""
    problems: tuple[Problem, ...]


def collect_labels(
    plan: Path, drawn: Sequence[Path], out: Path, *, reader: str, when: datetime
) -> Collected:
    """Checks drawn labels, keeps them, and writes the learning set anew.

    A file belongs to the image whose name its own name begins with, or whose
    name its folder has. Several files on one image, one per side, are laid
    together.

    Args:
        plan: The folder that `plan_labels` wrote.
        drawn: Label files, or folders of them at any depth; `plan` itself when
            readers drew in place.
        out: The learning set; begun, or grown by another collection.
        reader: Who drew, by name or initials.
        when: Time of the collection.

    Returns:
        What was added, and every file that could not be, with the reason; the
        others are kept.

    Raises:
        Refusal: When `plan` is no plan.
        UsageError: When `reader` is no name, or `out` holds labels of another plan.
        OutputError: When `out` cannot be written.
    """
    check_reader(reader)
    worklist = Worklist.read(plan)
    learning = LearningSet(out)
    files, untouched, problems = _sort(plan, worklist, drawn)
    added, known = list[LabelRecord](), list[str]()
    try:
        for case, paths in files.items():
            item = worklist.item(case)
            if item is None:
                continue
            try:
                record = _take(plan, item, paths, learning, reader=reader, when=when)
            except Refusal as refusal:
                where = refusal.where or ", ".join(path.name for path in paths)
                problems.append(Problem(file=where, code=refusal.code, text=str(refusal)))
                continue
            known.append(case) if record is None else added.append(record)
        if list(learning):
            export(learning)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    return Collected(
        added=tuple(added),
        known=tuple(known),
        untouched=tuple(untouched),
        problems=tuple(problems),
    )


def _take(
    plan: Path,
    item: WorkItem,
    paths: Sequence[Path],
    learning: LearningSet,
    *,
    reader: str,
    when: datetime,
) -> LabelRecord | None:
    """One image's label, from all files on it."""
    folder = plan / item.folder
    canvas = Canvas.read(folder / ORGAN)
    values = merge([read_drawn(path, canvas.roi.geometry) for path in paths])
    return learning.add(
        complete(values, canvas.roi),
        folder / IMAGE,
        item=item,
        canvas=canvas,
        drawn_from=tuple(path.name for path in paths),
        reader=reader,
        when=when,
    )


def _sort(
    plan: Path, worklist: Worklist, drawn: Sequence[Path]
) -> tuple[dict[str, list[Path]], list[str], list[Problem]]:
    """Files by image; prelabels that are as they were written; and strays."""
    files: dict[str, list[Path]] = {}
    untouched, strays = list[str](), list[Problem]()
    for path in _files(drawn):
        item = _owner(worklist, path)
        if item is None:
            stray = Refusal(
                RefusalCode.LABEL_INVALID,
                expected="a name, or a folder's name, that begins with an image of the worklist",
                found="none",
                where=path.name,
            )
            strays.append(Problem(file=path.name, code=stray.code, text=str(stray)))
        elif _is_untouched(plan, path, item):
            untouched.append(item.case)
        else:
            files.setdefault(item.case, []).append(path)
    return files, untouched, strays


def _files(drawn: Sequence[Path]) -> Iterator[Path]:
    """Every image file that may be a label."""
    for path in drawn:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.is_file() and is_image_name(file.name) and file.name not in (IMAGE, ORGAN):
                yield file


def _owner(worklist: Worklist, path: Path) -> WorkItem | None:
    name = path.name.partition(".")[0]
    for item in worklist.items:
        if item.case in (path.parent.name, name) or name.startswith(f"{item.case}_"):
            return item
    return None


def _is_untouched(plan: Path, path: Path, item: WorkItem) -> bool:
    """Whether it is a prelabel in the plan, as it was written; a copy handed in is a label."""
    if not path.is_file() or not path.resolve().is_relative_to(plan.resolve()):
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() in item.prelabels.values()
