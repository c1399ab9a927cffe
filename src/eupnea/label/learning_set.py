"""The collected labels: every version of each, by whom and when."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from eupnea.errors import Refusal, RefusalCode, UsageError
from eupnea.label.completion import Label
from eupnea.label.drawn import Canvas, read_drawn
from eupnea.label.values import LabelValue
from eupnea.label.worklist import WorkItem
from eupnea.write.whole import write_whole

MANIFEST = "manifest.jsonl"
DATASET = "Dataset501_EupneaLung"
"""The folder in nnU-Net's raw format."""

SHORT = 12
"""Digits of a version in a file's name."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class LabelRecord(BaseModel):
    """One version of one reader's label of one image: a line of the manifest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    patient: str
    reader: str
    version: str
    """Content hash of the label's values and grid (SHA-256)."""
    image: str
    """Content hash of the image's file (SHA-256)."""
    file: str
    """Relative to the manifest."""
    drawn_from: tuple[str, ...]
    """Names of the files that were handed in."""
    collected_at: datetime
    replaces: str | None
    """The version by the same reader before this one."""
    normal_ml: float
    abnormal_ml: float
    unjudged_ml: float
    notes: tuple[str, ...]


class LearningSet:
    """A folder of labels that only ever grows.

    Args:
        folder: Made when the first label is added.

    Raises:
        Refusal: `SOURCE_UNREADABLE` when its manifest is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records = _read(folder / MANIFEST)

    def __iter__(self) -> Iterator[LabelRecord]:
        return iter(self._records)

    def holds(self, image: Path) -> bool:
        """Whether a file's image is labelled."""
        digest = _digest(image)
        return any(record.image == digest for record in self._records)

    def newest(self) -> dict[str, list[LabelRecord]]:
        """For each case, the last version by each reader; cases and readers in order."""
        last = {(record.case, record.reader): record for record in self._records}
        cases: dict[str, list[LabelRecord]] = {}
        for (case, _), record in sorted(last.items()):
            cases.setdefault(case, []).append(record)
        return cases

    def add(
        self,
        label: Label,
        image: Path,
        *,
        item: WorkItem,
        canvas: Canvas,
        drawn_from: tuple[str, ...],
        reader: str,
        when: datetime,
    ) -> LabelRecord | None:
        """Keeps a label; `None` when it is the same reader's last version again.

        Args:
            label: To keep.
            image: File of the scan that it was drawn on; linked or copied.
            item: The scan's place in its worklist.
            canvas: What the label was drawn on.
            drawn_from: Names of the files that were handed in.
            reader: Who drew.
            when: Time of the collection.

        Raises:
            UsageError: When another image was collected under the same name.
            OSError: When the folder cannot be written.
        """
        digest = _digest(image)
        if any(one.case == item.case and one.image != digest for one in self._records):
            raise UsageError(f"{self.folder} holds labels of another image named {item.case}")
        before = next((o for o in self.newest().get(item.case, []) if o.reader == reader), None)
        if before and before.version == label.version:
            return None
        record = LabelRecord(
            case=item.case,
            patient=item.patient,
            reader=reader,
            version=label.version,
            image=digest,
            file=f"labels/{item.case}/{reader}_{label.version[:SHORT]}.nii.gz",
            drawn_from=drawn_from,
            collected_at=when,
            replaces=before.version if before else None,
            normal_ml=round(label.mask(LabelValue.NORMAL).volume_ml, 3),
            abnormal_ml=round(label.mask(LabelValue.ABNORMAL).volume_ml, 3),
            unjudged_ml=round(label.mask(LabelValue.UNJUDGED).volume_ml, 3),
            notes=tuple(note.text for note in label.notes),
        )
        _place(image, self.image(item.case))
        write_whole(self.organ(item.case), canvas.file_bytes(canvas.roi.voxels.view(np.uint8)))
        write_whole(self.folder / record.file, canvas.file_bytes(label.values))
        self._records.append(record)
        lines = "".join(one.model_dump_json() + "\n" for one in self._records)
        write_whole(self.folder / MANIFEST, lines.encode())
        return record

    def image(self, case: str) -> Path:
        """File of a scan, where nnU-Net looks for it."""
        return self.folder / DATASET / "imagesTr" / f"{case}_0000.nii.gz"

    def organ(self, case: str) -> Path:
        """File of the organ of a scan."""
        return self.folder / "organs" / f"{case}.nii.gz"

    def label(self, case: str) -> Path:
        """File of the label that stands for a scan, where nnU-Net looks for it."""
        return self.folder / DATASET / "labelsTr" / f"{case}.nii.gz"

    def load(self, record: LabelRecord, canvas: Canvas) -> Label:
        """The label of a record."""
        values = read_drawn(self.folder / record.file, canvas.roi.geometry)
        return Label(values=values, roi=canvas.roi)


def _read(manifest: Path) -> list[LabelRecord]:
    lines = manifest.read_bytes().splitlines() if manifest.is_file() else []
    try:
        return [LabelRecord.model_validate_json(line) for line in lines]
    except ValidationError as error:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected="a manifest that this version of Eupnea can read",
            found=f"{error.error_count()} errors in a line",
            where=str(manifest),
        ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _place(source: Path, target: Path) -> None:
    """Link a large file, or copy it where links cannot be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    try:
        target.hardlink_to(source)
    except OSError:
        write_whole(target, source.read_bytes())


def check_reader(name: str) -> str:
    """A reader's name or initials, safe in a file's name.

    Raises:
        UsageError: When it is not.

    Examples:
        >>> check_reader("A_B")
        'A_B'
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"a reader is named by 1 to 32 letters, digits, - or _, not {name!r}")
    return name
