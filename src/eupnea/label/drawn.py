"""Reads a label that was drawn, in whatever tool, as label values on the scan's grid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry, Reorientation
from eupnea.label.dicom_label import ENDING as DICOM
from eupnea.label.dicom_label import read_frames
from eupnea.label.meaning import label_values
from eupnea.mask import Mask
from eupnea.nifti_file import nifti_bytes
from eupnea.read.foreign import quietly
from eupnea.read.image_file import is_image_name, read_image
from eupnea.read.mask import SAME_GRID_MM, other_grid
from eupnea.read.options import MASK_LIMITS
from eupnea.read.source_file import SourceFile
from eupnea.volume import Volume

HEADER_BYTES = 1_000_000

_SEGMENT = re.compile(rb"^Segment(\d+)_(Name|LabelValue):=(.*?)\r?$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """What a label is drawn on."""

    roi: Mask
    """The organ, in canonical order."""
    native: Geometry
    """The grid of the image's file."""

    @classmethod
    def read(cls, path: Path) -> Canvas:
        """The canvas of a file that holds the organ.

        Raises:
            Refusal: Whatever is wrong with the file.
        """
        volume = _read(path)
        canonical = volume.canonical()
        roi = Mask(voxels=canonical.voxels != 0, geometry=canonical.geometry)
        return cls(roi=roi, native=volume.geometry)

    def file_bytes(self, values: NDArray[np.uint8]) -> bytes:
        """A NIfTI file of canonical values, on the grid of the image's file."""
        turn = Reorientation.to_canonical(self.native)
        return nifti_bytes(turn.undo(values), self.native)


def read_drawn(
    path: Path, grid: Geometry, *, names: Mapping[int, str] | None = None
) -> NDArray[np.uint8]:
    """Label values (slices, rows, columns) of a file, in canonical order.

    A file that covers a part of the grid, as 3D Slicer saves segmentations, is
    laid where it belongs; nothing is ever resampled. Segments of a `.seg.nrrd`
    and of DICOM are known by their names, values elsewhere by `LabelValue`.

    Args:
        path: NIfTI, MetaImage, NRRD or DICOM Segmentation.
        grid: The scan's canonical grid.
        names: What values mean, when the tool that drew tells it apart from the file.

    Raises:
        Refusal: `GEOMETRY_MISMATCH` on another grid, `LABEL_INVALID` with
            values that mean nothing or with segments of several meanings in
            one place, or whatever is wrong with the file.
    """
    if path.name.lower().endswith(DICOM) and path.is_file():
        parts, told = read_frames(path, grid.spacing_mm[0])
    else:
        parts, told = [_read(path)], _segments(path)
    whole = np.zeros(grid.shape, np.uint8)
    for part in parts:
        volume = part.canonical()
        values = label_values(volume.voxels, names or told, path.name)
        _lay(values, whole[_place(volume.geometry, grid, path.name)], path.name)
    return whole


def is_label_name(name: str) -> bool:
    """Whether a file of this name may hold a label.

    Examples:
        >>> is_label_name("P001_00.seg.nrrd"), is_label_name("seg.dcm"), is_label_name("a.txt")
        (True, True, False)
    """
    return is_image_name(name) or name.lower().endswith(DICOM)


def _lay(values: NDArray[np.uint8], onto: NDArray[np.uint8], where: str) -> None:
    """Lay one part of a label beside the others."""
    clash = np.count_nonzero((values != 0) & (onto != 0) & (values != onto))
    if clash:
        raise Refusal(
            RefusalCode.LABEL_INVALID,
            expected="segments that share no voxel",
            found=f"{clash} voxels drawn as both",
            where=where,
        )
    np.maximum(values, onto, out=onto)


def _read(path: Path) -> Volume:
    if not path.is_file() or not is_image_name(path.name):
        raise Refusal(
            RefusalCode.SOURCE_MISSING,
            expected="a NIfTI, MetaImage, NRRD or DICOM Segmentation file",
            found="none",
            where=path.name,
        )
    with quietly():
        image = read_image(SourceFile(name=path.name, path=path), limits=MASK_LIMITS)
    return Volume(voxels=np.asarray(image.stored), geometry=image.geometry)


def _segments(path: Path) -> dict[int, str]:
    """Value and name of each segment that the header of a `.nrrd` tells of."""
    if not path.name.lower().endswith(".nrrd"):
        return {}
    with path.open("rb") as opened:
        header = opened.read(HEADER_BYTES).partition(b"\n\n")[0]
    fields: dict[bytes, dict[bytes, str]] = {}
    for number, key, value in _SEGMENT.findall(header):
        fields.setdefault(number, {})[key] = value.decode("utf-8", "replace").strip()
    return {
        int(one[b"LabelValue"]): one.get(b"Name", "")
        for one in fields.values()
        if one.get(b"LabelValue", "").isdigit()
    }


def _place(drawn: Geometry, grid: Geometry, where: str) -> tuple[slice, slice, slice]:
    """The box of the grid that a drawn image covers, voxel on voxel."""
    start = np.rint(grid.to_index(drawn.origin_mm)).astype(int)
    stop = start + drawn.shape
    if (start >= 0).all() and (stop <= grid.shape).all():
        k, j, i = (slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))
        if grid.crop((k, j, i)).is_close(drawn, tolerance_mm=SAME_GRID_MM):
            return k, j, i
    raise other_grid(grid, drawn, where)
