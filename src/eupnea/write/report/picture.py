"""A section through a scan with its regions outlined."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eupnea.analysis import ScanAnalysis
from eupnea.write.report.labels import Label, Spot, place_labels
from eupnea.write.report.outline import PRECISION_MM, outline_path
from eupnea.write.report.places import Place, Plane, View

WINDOW_CENTRE_HU = -600
WINDOW_WIDTH_HU = 1500
"""The usual lung window."""

MARGIN_MM = 10.0
JPEG_QUALITY = 88

LETTER_PX = 13
"""Height of letters as the page shows them."""

AIR_HU = -1024

SCALES_MM = (50, 10)
"""Lengths of the scale bar; the first that is less than half of the picture."""

Span = tuple[int, int]
"""First index, and the one behind the last."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The border of one region, in tenths of a mm."""

    path: str
    style: str
    """What became of it: an event's kind, or `abnormal`."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A section in the lung window; the patient's right is on the left.

    All lengths are tenths of a mm.
    """

    plane: Plane
    image: str
    """Data URI."""
    width: float
    height: float
    em: float
    """Height of the letters."""
    scale_mm: int
    """What the scale bar stands for."""
    roi: str
    outlines: tuple[Outline, ...]
    labels: tuple[Label, ...]
    position_mm: float
    """Of the section along its normal, LPS."""
    worsened: str = ""
    recovered: str = ""
    """Where tissue changed since the scan before, as paths; empty when not known."""


def picture(
    found: ScanAnalysis,
    place: Place,
    *,
    shown_px: int,
    styles: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Picture:
    """Draw one section of a scan.

    Args:
        found: The scan and its masks.
        place: The section; axial is seen from the feet, coronal from the front.
        shown_px: Width at which the page shows it, for the size of letters.
        styles: Style of each region id; `abnormal` where absent.
        texts: Label of each region id; the id where absent.
    """
    section = _Section.of(found, place)
    hu, labels = section.cut(found.scan.hu, beyond=AIR_HU), section.cut(found.labels)
    height, width = (
        n * mm / PRECISION_MM for n, mm in zip(hu.shape, section.pixel_mm, strict=True)
    )
    em = width * LETTER_PX / shown_px
    inside = set(np.unique(labels).tolist())
    present = [region for region in found.regions if region.label in inside]
    style_of = {region.id: (styles or {}).get(region.id, "abnormal") for region in present}
    spots = [
        Spot(
            mask=labels == region.label,
            text=(texts or {}).get(region.id, region.id),
            style=style_of[region.id],
        )
        for region in present
    ]
    return Picture(
        plane=place.plane,
        image=_data_uri(hu),
        width=width,
        height=height,
        em=em,
        scale_mm=next((mm for mm in SCALES_MM if mm < width * PRECISION_MM / 2), SCALES_MM[-1]),
        roi=outline_path(section.cut(found.roi.mask.voxels), section.pixel_mm),
        outlines=tuple(
            Outline(path=outline_path(spot.mask, section.pixel_mm), style=spot.style)
            for spot in spots
        ),
        labels=place_labels(spots, section.pixel_mm, em=em),
        position_mm=section.position_mm,
    )


def trend_picture(
    found: ScanAnalysis, place: Place, trend: NDArray[np.int8], *, shown_px: int
) -> Picture:
    """Draw one section with the tissue that worsened and that recovered.

    Args:
        found: The later scan.
        place: As for `picture`.
        trend: `Change.trend`.
        shown_px: As for `picture`.
    """
    section = _Section.of(found, place)
    part = section.cut(trend)
    return replace(
        picture(found, place, shown_px=shown_px),
        outlines=(),
        labels=(),
        worsened=outline_path(part > 0, section.pixel_mm),
        recovered=outline_path(part < 0, section.pixel_mm),
    )


def window(hu: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Hounsfield units as grey values of the lung window, 0 to 255."""
    low = WINDOW_CENTRE_HU - WINDOW_WIDTH_HU / 2
    grey = (hu.astype(np.float32) - low) * (255 / WINDOW_WIDTH_HU)
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)


@dataclass(frozen=True, kw_only=True)
class _Section:
    """One plane of a scan's grid, cut to the organ or to a view."""

    place: Place
    spans: tuple[Span, Span]
    """Rows and columns of the plane, in array order; they may leave the grid."""
    pixel_mm: tuple[float, float]
    position_mm: float

    @classmethod
    def of(cls, found: ScanAnalysis, place: Place) -> _Section:
        geometry = found.scan.geometry
        k, j, i = geometry.spacing_mm
        middle = [n / 2 for n in geometry.shape]
        is_axial = place.plane is Plane.AXIAL
        middle[0 if is_axial else 1] = place.index
        return cls(
            place=place,
            spans=_organ_spans(found, place) if place.view is None else _spans(found, place.view),
            pixel_mm=(j, i) if is_axial else (k, i),
            position_mm=float(geometry.to_mm(middle)[2 if is_axial else 1]),
        )

    def cut(self, voxels: NDArray[Any], *, beyond: int = 0) -> NDArray[Any]:
        """Rows and columns of the picture: front or head on top, right on the left.

        Args:
            voxels: On the scan's grid.
            beyond: Value of what lies outside the grid.
        """
        if self.place.plane is Plane.AXIAL:
            return _window_of(voxels[self.place.index], self.spans, beyond)
        return _window_of(voxels[:, self.place.index], self.spans, beyond)[::-1]


def _organ_spans(found: ScanAnalysis, place: Place) -> tuple[Span, Span]:
    box = found.roi.mask.box(margin_mm=MARGIN_MM)
    rows = box[1] if place.plane is Plane.AXIAL else box[0]
    return (rows.start, rows.stop), (box[2].start, box[2].stop)


def _spans(found: ScanAnalysis, view: View) -> tuple[Span, Span]:
    """Rows and columns of an axial view."""
    centre = found.scan.geometry.to_index(view.centre_mm)
    rows, columns = (
        _around(float(centre[axis]), 2 * view.radius_mm / found.scan.geometry.spacing_mm[axis])
        for axis in (1, 2)
    )
    return rows, columns


def _around(centre: float, length: float) -> Span:
    count = round(length)
    first = round(centre + 0.5 - count / 2)
    return first, first + count


def _window_of(plane: NDArray[Any], spans: tuple[Span, Span], beyond: int) -> NDArray[Any]:
    """A part of a plane, filled up where it leaves the plane."""
    window = np.full([high - low for low, high in spans], beyond, plane.dtype)
    inside = [
        slice(max(low, 0), min(high, size))
        for (low, high), size in zip(spans, plane.shape, strict=True)
    ]
    target = tuple(
        slice(part.start - low, max(part.stop - low, part.start - low))
        for part, (low, _) in zip(inside, spans, strict=True)
    )
    window[target] = plane[tuple(inside)]
    return window


def _data_uri(hu: NDArray[np.int16]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(window(hu)).save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
