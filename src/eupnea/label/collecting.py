"""Takes drawn labels back: checked file by file, kept version by version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eupnea.errors import OutputError, Refusal, RefusalCode
from eupnea.label.agreement import ReaderPair
from eupnea.label.completion import Label, complete, merge
from eupnea.label.drawn import Canvas, is_label_name, read_drawn
from eupnea.label.export import export
from eupnea.label.learning_set import LabelRecord, LearningSet, check_reader
from eupnea.label.prelabel import IMAGE, ORGAN
from eupnea.label.worklist import WorkItem, Worklist


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
    pairs: tuple[ReaderPair, ...]
    """How far each two readers of an image agree, all that was collected before included."""


def collect_labels(
    plan: Path,
    drawn: Sequence[Path],
    out: Path,
    *,
    reader: str,
    when: datetime,
    drawn_slices_only: bool = False,
) -> Collected:
    """Checks drawn labels, keeps them, and writes the learning set anew.

    A file belongs to the image whose name its own name begins with, or whose
    name one of its folders has. A prelabel of the plan that nobody has changed
    is no label, unless a copy is handed in: then its reader agrees. Several
    files on one image, one per side, are laid together.

    Args:
        plan: The folder that `plan_labels` wrote.
        drawn: Label files, or folders of them at any depth; `plan` itself when
            readers drew in place.
        out: The learning set; begun, or grown by another collection.
        reader: Who drew, by name or initials.
        when: Time of the collection.
        drawn_slices_only: Slices where nothing was drawn were not judged.

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
                label, canvas = _label(
                    plan / item.folder, paths, drawn_slices_only=drawn_slices_only
                )
                record = learning.add(
                    label,
                    plan / item.folder / IMAGE,
                    item=item,
                    canvas=canvas,
                    drawn_from=tuple(path.name for path in paths),
                    reader=reader,
                    when=when,
                )
            except Refusal as refusal:
                where = refusal.where or ", ".join(path.name for path in paths)
                problems.append(Problem(file=where, code=refusal.code, text=str(refusal)))
                continue
            known.append(case) if record is None else added.append(record)
        pairs = export(learning) if list(learning) else ()
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    return Collected(
        added=tuple(added),
        known=tuple(known),
        untouched=tuple(untouched),
        problems=tuple(problems),
        pairs=pairs,
    )


def _label(folder: Path, paths: Sequence[Path], *, drawn_slices_only: bool) -> tuple[Label, Canvas]:
    """One image's label, from all files on it, and what it was drawn on."""
    canvas = Canvas.read(folder / ORGAN)
    values = merge([read_drawn(path, canvas.roi.geometry) for path in paths])
    return complete(values, canvas.roi, drawn_slices_only=drawn_slices_only), canvas


def _sort(
    plan: Path, worklist: Worklist, drawn: Sequence[Path]
) -> tuple[dict[str, list[Path]], list[str], list[Problem]]:
    """Files by image; prelabels that are as they were written; and strays."""
    files: dict[str, list[Path]] = {}
    untouched, strays = list[str](), list[Problem]()
    for path in _files(drawn):
        item = _owner(worklist, path)
        if item is None:
            strays.append(_stray(path, "a name of file or folder that begins with an image's"))
        elif (other := _prelabel_of(worklist, path, item)) is None:
            files.setdefault(item.case, []).append(path)
        elif other is not item:
            strays.append(_stray(path, f"a label of {item.case}", f"the prelabel of {other.case}"))
        elif path.resolve().is_relative_to(plan.resolve()):
            untouched.append(item.case)
        else:
            files.setdefault(item.case, []).append(path)
    return files, [case for case in dict.fromkeys(untouched) if case not in files], strays


def _stray(path: Path, expected: str, found: str = "none") -> Problem:
    refusal = Refusal(RefusalCode.LABEL_INVALID, expected=expected, found=found, where=path.name)
    return Problem(file=path.name, code=refusal.code, text=str(refusal))


def _files(drawn: Sequence[Path]) -> Iterator[Path]:
    """Every image file that may be a label."""
    for path in drawn:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.is_file() and is_label_name(file.name) and file.name not in (IMAGE, ORGAN):
                yield file


def _owner(worklist: Worklist, path: Path) -> WorkItem | None:
    """The image that a file's name begins with, or else one of its folders has for a name."""
    name = path.name.partition(".")[0]
    for place in (name, *(folder.name for folder in path.parents)):
        for item in worklist.items:
            if place == item.case or (place == name and name.startswith(f"{item.case}_")):
                return item
    return None


def _prelabel_of(worklist: Worklist, path: Path, item: WorkItem) -> WorkItem | None:
    """The image whose prelabel a file is, byte for byte; its own image before all others."""
    if not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    alike = (one for one in (item, *worklist.items) if digest in one.prelabels.values())
    return next(alike, None)
