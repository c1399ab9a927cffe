"""A section through a scan with its regions outlined."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eupnea.analysis import ScanAnalysis
from eupnea.mask import Box
from eupnea.write.report.outline import PRECISION_MM, outline_path

WINDOW_CENTRE_HU = -600
WINDOW_WIDTH_HU = 1500
"""The usual lung window."""

MARGIN_MM = 10.0
JPEG_QUALITY = 88

LABELS_PER_PICTURE = 7
LABELLED_MM2 = 25.0
"""A region with less area in a section is outlined, and not named."""


class Plane(StrEnum):
    """Planes of section."""

    AXIAL = "axial"
    CORONAL = "coronal"


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The border of one region, in tenths of a mm."""

    path: str
    style: str
    """What became of it: an event's kind, or `abnormal`."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """The name of a region at its place, in tenths of a mm."""

    text: str
    x: float
    y: float
    anchor: str
    style: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A section in the lung window; the patient's right is on the left."""

    plane: Plane
    image: str
    """Data URI."""
    width: float
    """In tenths of a mm, as all lengths of a picture."""
    height: float
    roi: str
    outlines: tuple[Outline, ...]
    labels: tuple[Label, ...]
    position_mm: float
    """Of the section along its normal, LPS."""


def picture(
    found: ScanAnalysis,
    plane: Plane,
    index: int,
    *,
    styles: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Picture:
    """Draw one section of a scan.

    Args:
        found: The scan and its masks.
        plane: Axial is seen from the feet, coronal from the front.
        index: Slice (axial) or row (coronal) of the canonical grid.
        styles: Style of each region id; `abnormal` where absent.
        texts: Label of each region id; the id where absent.
    """
    box = found.roi.mask.box(margin_mm=MARGIN_MM)
    pixel_mm = _pixel_mm(found, plane)
    hu = _section(found.scan.hu, plane, index, box)
    labels = _section(found.labels, plane, index, box)
    height, width = (n * mm / PRECISION_MM for n, mm in zip(hu.shape, pixel_mm, strict=True))
    present = _present(found, labels)
    chosen = styles or {}
    return Picture(
        plane=plane,
        image=_data_uri(hu),
        width=width,
        height=height,
        roi=outline_path(_section(found.roi.mask.voxels, plane, index, box), pixel_mm),
        outlines=tuple(
            Outline(path=outline_path(labels == label, pixel_mm), style=chosen.get(id_, "abnormal"))
            for id_, label in present.items()
        ),
        labels=_labels(present, labels, pixel_mm, chosen, texts or {}),
        position_mm=_position_mm(found, plane, index),
    )


def window(hu: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Hounsfield units as grey values of the lung window, 0 to 255."""
    low = WINDOW_CENTRE_HU - WINDOW_WIDTH_HU / 2
    grey = (hu.astype(np.float32) - low) * (255 / WINDOW_WIDTH_HU)
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)


def _section(voxels: NDArray[Any], plane: Plane, index: int, box: Box) -> NDArray[Any]:
    """Rows and columns of a picture: front or head on top, right on the left."""
    if plane is Plane.AXIAL:
        return voxels[index, box[1], box[2]]
    return voxels[box[0], index, box[2]][::-1]


def _pixel_mm(found: ScanAnalysis, plane: Plane) -> tuple[float, float]:
    k, j, i = found.scan.geometry.spacing_mm
    return (j, i) if plane is Plane.AXIAL else (k, i)


def _position_mm(found: ScanAnalysis, plane: Plane, index: int) -> float:
    geometry = found.scan.geometry
    k, j, i = (n / 2 for n in geometry.shape)
    centre = (index, j, i) if plane is Plane.AXIAL else (k, index, i)
    axis = 2 if plane is Plane.AXIAL else 1
    return float(geometry.to_mm(centre)[axis])


def _present(found: ScanAnalysis, labels: NDArray[np.uint16]) -> dict[str, int]:
    """Label of each region in the section, largest region of the scan first."""
    inside = set(np.unique(labels).tolist())
    return {region.id: region.label for region in found.regions if region.label in inside}


def _labels(
    present: Mapping[str, int],
    labels: NDArray[np.uint16],
    pixel_mm: tuple[float, float],
    styles: Mapping[str, str],
    texts: Mapping[str, str],
) -> tuple[Label, ...]:
    """Names beside the largest regions of the section, moved apart where they would touch."""
    area_mm2 = pixel_mm[0] * pixel_mm[1]
    areas = {id_: area_mm2 * np.count_nonzero(labels == n) for id_, n in present.items()}
    named = sorted(
        (id_ for id_ in areas if areas[id_] >= LABELLED_MM2), key=lambda id_: -areas[id_]
    )
    placed: list[Label] = []
    for id_ in named[:LABELS_PER_PICTURE]:
        text, style = texts.get(id_, id_), styles.get(id_, "abnormal")
        placed.append(_apart(_beside(labels == present[id_], pixel_mm, text, style), placed))
    return tuple(placed)


def _beside(mask: NDArray[np.bool_], pixel_mm: tuple[float, float], text: str, style: str) -> Label:
    """A label at the side of a region that looks to the middle of the picture."""
    rows, columns = np.nonzero(mask)
    tenths = np.array(pixel_mm) / PRECISION_MM
    on_the_left = columns.mean() < mask.shape[1] / 2
    edge = columns.max() + 1 if on_the_left else columns.min()
    row = rows[columns == (columns.max() if on_the_left else columns.min())].mean() + 0.5
    gap = 30 if on_the_left else -30
    return Label(
        text=text,
        x=float(edge * tenths[1] + gap),
        y=float(row * tenths[0]),
        anchor="start" if on_the_left else "end",
        style=style,
    )


def _apart(label: Label, others: list[Label]) -> Label:
    """The label, moved down until it touches no other."""
    line, near = 95.0, 420.0
    y = label.y
    for other in sorted(others, key=lambda other: other.y):
        if abs(other.x - label.x) < near and abs(other.y - y) < line:
            y = other.y + line
    return Label(text=label.text, x=label.x, y=y, anchor=label.anchor, style=label.style)


def _data_uri(hu: NDArray[np.int16]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(window(hu)).save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
