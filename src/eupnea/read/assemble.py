"""From an examined series to a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.note import Note, Severity
from eupnea.read.attributes import number, text
from eupnea.read.ct_slice import Rescale
from eupnea.read.pixels import AIR_HU, PixelReader, hounsfield, padding_of, within_bits
from eupnea.read.plausible import note_on_air, refuse_implausible, undeclared_padding
from eupnea.read.series import Series
from eupnea.read.tilt import Straightening, straighten
from eupnea.scan import Acquisition, Provenance, Scan
from eupnea.volume import Volume

_IDENTITY = Rescale(slope=1, intercept=0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Hounsfield units on a grid, and which voxels hold no measurement."""

    hu: NDArray[np.int16]
    geometry: Geometry
    padding: NDArray[np.bool_] | None
    notes: tuple[Note, ...] = ()


def assemble(
    series: Series,
    *,
    acquired_at: datetime,
    notes: Sequence[Note],
    pixels: PixelReader,
) -> Scan:
    """Decodes a series into a scan.

    Args:
        series: A series that passed the battery.
        acquired_at: When it was acquired.
        notes: What the checks had to say.
        pixels: Decodes the slices.

    Raises:
        Refusal: `SOURCE_UNREADABLE`, or `NOT_HU` when the values are none.
    """
    measured = finish(_upright(series, pixels), where=series.name)
    return make_scan(
        measured,
        acquired_at=acquired_at,
        acquisition=_acquisition(series),
        provenance=_provenance(series, measured.geometry),
        notes=(*notes, *measured.notes),
    )


def finish(measured: Measured, *, where: str) -> Measured:
    """Refuses what is not Hounsfield units, and sets padding to air.

    Takes over `measured.hu`, which is changed in place.
    """
    hidden = undeclared_padding(measured.hu)
    padding, notes = measured.padding, list(measured.notes)
    if hidden is not None:
        padding = hidden if padding is None else padding | hidden
        notes.append(
            Note(
                code="PADDING_FOUND",
                text="Voxels outside the field of view are not declared; "
                "they were known by a value far below air.",
                severity=Severity.INFO,
            )
        )
    refuse_implausible(measured.hu, None if padding is None else ~padding, where)
    if padding is not None:
        measured.hu[padding] = AIR_HU
    air = note_on_air(measured.hu, padding)
    return Measured(
        hu=measured.hu,
        geometry=measured.geometry,
        padding=padding,
        notes=(*notes, *([air] if air else [])),
    )


def make_scan(
    measured: Measured,
    *,
    acquired_at: datetime,
    acquisition: Acquisition,
    provenance: Provenance,
    notes: Sequence[Note],
) -> Scan:
    """A scan in canonical order."""
    volume = Volume(voxels=measured.hu, geometry=measured.geometry).canonical()
    padding = None
    if measured.padding is not None and measured.padding.any():
        turned = Volume(voxels=measured.padding, geometry=measured.geometry).canonical()
        padding = Mask(voxels=turned.voxels, geometry=volume.geometry)
    return Scan(
        volume=volume,
        native=measured.geometry,
        acquired_at=acquired_at,
        acquisition=acquisition,
        provenance=provenance,
        padding=padding,
        notes=tuple(notes),
    )


def _upright(series: Series, pixels: PixelReader) -> Measured:
    hu, padding = _decode(series, pixels)
    turn = _straightening(series)
    if turn is None:
        return Measured(hu=hu, geometry=_grid(series), padding=padding)
    unseen = np.zeros(hu.shape, bool) if padding is None else padding
    return Measured(
        hu=turn.apply(hu, outside=AIR_HU),
        geometry=turn.geometry,
        padding=turn.apply(unseen, outside=1),
        notes=(_tilt_note(series),),
    )


def _decode(
    series: Series, pixels: PixelReader
) -> tuple[NDArray[np.int16], NDArray[np.bool_] | None]:
    shape = (len(series), *series.first.shape)
    hu, padding = np.empty(shape, np.int16), None
    for k, one in enumerate(series.slices):
        if one.between is not None:
            continue
        stored = pixels.stored(one)
        outside = padding_of(stored, one.attributes)
        hu[k] = hounsfield(within_bits(stored, one.attributes), one.rescale or _IDENTITY)
        if outside is not None:
            padding = np.zeros(shape, bool) if padding is None else padding
            padding[k] = outside
    _interpolate(series, hu, padding)
    return hu, padding


def _interpolate(series: Series, hu: NDArray[np.int16], padding: NDArray[np.bool_] | None) -> None:
    """Puts the mean of its neighbours where a slice is missing."""
    for k, one in enumerate(series.slices):
        if one.between is not None:
            hu[k] = np.rint(hu[[k - 1, k + 1]].mean(axis=0))
            if padding is not None:
                padding[k] = padding[k - 1] | padding[k + 1]


def _step_mm(series: Series) -> NDArray[np.float64]:
    first, last = series.positions_mm[0], series.positions_mm[-1]
    return np.asarray((last - first) / (len(series) - 1))


def _axes(series: Series) -> NDArray[np.float64]:
    plane = series.plane
    down = plane.along_column * plane.row_spacing_mm
    right = plane.along_row * plane.column_spacing_mm
    return np.column_stack([plane.normal, down, right])


def _grid(series: Series) -> Geometry:
    affine = np.eye(4)
    affine[:3, :3] = _axes(series)
    affine[:3, 0] *= _step_mm(series) @ series.plane.normal
    affine[:3, 3] = series.positions_mm[0]
    rows, columns = series.first.shape
    return Geometry(shape=(len(series), rows, columns), affine=affine)


def _straightening(series: Series) -> Straightening | None:
    rows, columns = series.first.shape
    return straighten(
        axes=_axes(series),
        step_mm=_step_mm(series),
        origin_mm=series.positions_mm[0],
        shape=(len(series), rows, columns),
    )


def _tilt_note(series: Series) -> Note:
    step = _step_mm(series)
    cosine = step @ series.plane.normal / np.linalg.norm(step)
    degrees = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return Note(
        code="TILT_STRAIGHTENED",
        text=f"The slices lean by {degrees:.1f} degrees (gantry tilt). Each was moved within its "
        "plane by whole pixels onto an upright grid; no value was interpolated.",
        severity=Severity.INFO,
    )


def _acquisition(series: Series) -> Acquisition:
    header = series.first.attributes
    contrast = text(header, "ContrastBolusAgent")
    return Acquisition(
        manufacturer=text(header, "Manufacturer"),
        model=text(header, "ManufacturerModelName"),
        kernel=series.first.kernel,
        slice_thickness_mm=series.first.thickness_mm,
        tube_voltage_kv=number(header, "KVP"),
        contrast=None if contrast is None else contrast.upper() not in {"NONE", "NO", "N"},
        patient_position=text(header, "PatientPosition"),
    )


def _provenance(series: Series, native: Geometry) -> Provenance:
    upward = native.affine[2, 0] > 0
    ordered = [one for one in series.slices if one.between is None][:: 1 if upward else -1]
    headers = {id(one.header): one.header for one in ordered}
    return Provenance(
        sources=tuple(dict.fromkeys(one.file.name for one in ordered)),
        series_uid=series.first.series_uid or None,
        study_uid=series.first.study_uid or None,
        dicom=tuple(headers.values()),
    )
