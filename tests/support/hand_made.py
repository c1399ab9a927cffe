"""A small patient made by hand: three scans, with every kind of event."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import (
    AlignmentLevel,
    Analysis,
    AttributeChange,
    Attributes,
    BandShare,
    Change,
    Correspondence,
    Event,
    EventKind,
    InputFile,
    Registration,
    ScanAnalysis,
    Transitions,
    ZoneShare,
)
from eupnea.band import BANDS, BandName
from eupnea.geometry import Geometry, Reorientation
from eupnea.mask import Mask
from eupnea.note import Note, Severity
from eupnea.organ import Method
from eupnea.region import Region
from eupnea.scan import Acquisition, Scan
from eupnea.volume import Volume
from support.derived import with_headers

Ball = tuple[str, tuple[float, float, float], float]
"""Region id, centre as (k, j, i), radius in mm."""

SHAPE = (20, 40, 56)
SPACING_MM = (12.0, 6.0, 6.0)
START = datetime(2020, 3, 5, 10, 30, tzinfo=UTC)
ZONES = tuple(
    f"{side} {level}" for side in ("right", "left") for level in ["upper", "middle", "lower"]
)

TIMES: tuple[tuple[int, tuple[Ball, ...]], ...] = (
    (0, (("R1", (8, 22, 14), 30), ("R2", (12, 18, 42), 22), ("R3", (15, 20, 14), 12))),
    (41, (("R1", (8, 22, 14), 42), ("R2", (12, 18, 42), 14), ("R4", (5, 24, 40), 16))),
    (117, (("R1", (8, 22, 14), 18), ("R2", (12, 18, 42), 14))),
)


def native_grid() -> Geometry:
    """The grid of a source whose slices run to the feet and columns to the right."""
    canonical = Geometry.regular(shape=SHAPE, spacing_mm=SPACING_MM, origin_mm=(-168, -120, 40))
    affine = canonical.affine.copy()
    affine[:3, 3] = canonical.to_mm((SHAPE[0] - 1, 0, SHAPE[2] - 1))
    affine[:3, [0, 2]] *= -1
    return Geometry(shape=SHAPE, affine=affine)


def _ball(
    grid: Geometry, centre: tuple[float, float, float], radius_mm: float
) -> NDArray[np.bool_]:
    offsets = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)) - grid.to_mm(centre)
    return np.asarray((offsets**2).sum(axis=-1) <= radius_mm**2)


def _lungs(grid: Geometry) -> NDArray[np.bool_]:
    offsets = np.moveaxis(np.indices(grid.shape), 0, -1) - np.array([10.0, 21.0, 0.0])
    lungs = np.zeros(grid.shape, bool)
    for column in (15.0, 41.0):
        moved = (offsets - [0, 0, column]) / [9.0, 14.0, 9.5]
        lungs |= (moved**2).sum(axis=-1) <= 1
    return lungs


def _hu(grid: Geometry, lungs: NDArray[np.bool_], labels: NDArray[np.uint16]) -> NDArray[np.int16]:
    noise = np.random.default_rng(0).normal(0, 20, grid.shape)
    body = ((np.moveaxis(np.indices(grid.shape), 0, -1)[..., 1:] - [20, 28]) / [19, 27]) ** 2
    hu = np.where(body.sum(axis=-1) <= 1, 40.0, -1000.0)
    hu = np.where(lungs, -840.0, hu)
    hu = np.where(labels > 0, -450.0 + 200.0 * (labels == 2), hu)
    return (hu + noise).astype(np.int16)


def _region(name: str, label: int, mask: Mask, hu: NDArray[np.int16]) -> Region:
    inside = hu[mask.voxels]
    points = mask.geometry.to_mm(np.argwhere(mask.voxels))
    x, y, z = points.mean(axis=0)
    width, depth, height = np.ptp(points, axis=0)
    return Region(
        id=name,
        label=label,
        volume_ml=mask.volume_ml,
        centroid_mm=(float(x), float(y), float(z)),
        extent_mm=(float(width), float(depth), float(height)),
        mean_hu=float(inside.mean()),
        bands={band.name: float(band.contains(inside).mean()) for band in BANDS},
        zone="right lower" if x < 0 else "left middle",
        repeat_ml=(0.8 * mask.volume_ml, 1.25 * mask.volume_ml),
    )


def _attributes(mask: Mask, roi: Mask) -> Attributes:
    volume = mask.volume_ml
    return Attributes(
        mask=mask,
        volume_ml=volume,
        fraction=volume / roi.volume_ml,
        interval_ml=(volume * 0.97, volume * 1.03),
    )


def _scan_analysis(index: int, days: int, balls: tuple[Ball, ...]) -> ScanAnalysis:
    native = native_grid()
    grid = Reorientation.to_canonical(native).target
    lungs = _lungs(grid)
    labels = np.zeros(grid.shape, np.uint16)
    for label, (_, centre, radius) in enumerate(balls, start=1):
        labels[_ball(grid, centre, radius) & lungs] = label
    hu = _hu(grid, lungs, labels)
    roi = Mask(voxels=lungs, geometry=grid)
    abnormal = Mask(voxels=labels > 0, geometry=grid)
    regions = [
        _region(name, label, Mask(voxels=labels == label, geometry=grid), hu)
        for label, (name, _, _) in enumerate(balls, start=1)
    ]
    inside = hu[lungs]
    return ScanAnalysis(
        index=index,
        scan=Scan(
            volume=Volume(voxels=hu, geometry=grid),
            native=native,
            acquired_at=START + timedelta(days=days),
            acquisition=Acquisition(
                manufacturer="Acme", model="One", kernel="B30f", slice_thickness_mm=12.0
            ),
            notes=(Note(code="KERNEL_SOFT", text="A soft kernel.", severity=Severity.INFO),),
        ),
        roi=_attributes(roi, roi),
        normal=_attributes(roi - abnormal, roi),
        abnormal=_attributes(abnormal, roi),
        regions=tuple(sorted(regions, key=lambda region: -region.volume_ml)),
        labels=labels,
        bands=tuple(
            BandShare(
                name=band.name,
                volume_ml=float(band.contains(inside).sum()) * grid.voxel_volume_ml,
                fraction=float(band.contains(inside).mean()),
            )
            for band in BANDS
        ),
        zones=tuple(
            ZoneShare(name=zone, volume_ml=600.0, abnormal_ml=30.0 * n, abnormal_fraction=0.05 * n)
            for n, zone in enumerate(ZONES)
        ),
        notes=(
            (
                Note(
                    code="LUNG_TRUNCATED",
                    text="The lung bases are cut off.",
                    severity=Severity.WARNING,
                ),
            )
            if index == 1
            else ()
        ),
    )


def _difference(before: Attributes, after: Attributes) -> AttributeChange:
    change = after.volume_ml - before.volume_ml
    return AttributeChange(
        volume_change_ml=change,
        volume_change_percent=100 * change / before.volume_ml,
        fraction_change=after.fraction - before.fraction,
        beyond_repeatability=abs(change) > 20,
    )


def _event(name: str, earlier: ScanAnalysis, later: ScanAnalysis) -> Event:
    before, after = (
        sum(region.volume_ml for region in found.regions if region.id == name)
        for found in (earlier, later)
    )
    kinds = {(False, True): EventKind.NEW, (True, False): EventKind.RESOLVED}
    moved = EventKind.GROWN if after > before else EventKind.SHRUNK
    kind = kinds.get((before > 0, after > 0), EventKind.STABLE if before == after else moved)
    return Event(
        kind=kind,
        before=(name,) if before else (),
        after=(name,) if after else (),
        volume_before_ml=before,
        volume_after_ml=after,
        change_percent=100 * (after - before) / before if before else None,
        limit_percent=18.0,
        beyond_repeatability=kind is not EventKind.STABLE,
    )


def _same_place(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return points_mm


def _change(earlier: ScanAnalysis, later: ScanAnalysis) -> Change:
    names = {region.id for found in (earlier, later) for region in found.regions}
    events = tuple(_event(name, earlier, later) for name in sorted(names))
    return Change(
        before=earlier.index,
        after=later.index,
        days=(later.scan.acquired_at - earlier.scan.acquired_at).total_seconds() / 86400,
        roi=replace(_difference(earlier.roi, later.roi), fraction_change=0.0),
        normal=_difference(earlier.normal, later.normal),
        abnormal=_difference(earlier.abnormal, later.abnormal),
        registration=Registration(level=AlignmentLevel.DEFORMABLE, roi_dice=0.97, similarity=0.8),
        transitions=Transitions(
            names=("normal", *BandName),
            volume_ml=tuple((100.0, 5.0, 2.0, 1.0, 0.0) for _ in range(5)),
        ),
        events=events,
        notes=(Note(code="BREATH_DIFFERS", text="The second scan is less inspired."),),
        correspondence=Correspondence(to_after=_same_place, to_before=_same_place),
    )


def hand_made_analysis() -> Analysis:
    """Three scans of one patient, made by hand."""
    scans = tuple(_scan_analysis(n, days, balls) for n, (days, balls) in enumerate(TIMES))
    pairs = ((0, 1), (1, 2), (0, 2))
    return Analysis(
        organ="lung",
        roi_method=Method(name="anatomy", version="1", summary="Air inside the body."),
        normal_method=Method(name="by-hand", version="1", summary="Drawn by hand."),
        scans=scans,
        changes=tuple(_change(scans[before], scans[after]) for before, after in pairs),
        files=(
            InputFile(path="a/1.dcm", used=True, reason="slice of scan 0"),
            InputFile(path="a/2.dcm", used=False, reason="localizer"),
        ),
    )


L_SHAPE = ((0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 2), (0, 0, 3))
"""Array indices of a mask that no flip and no exchange of axes leaves as it is."""

POSITIONS = {
    "HFS": ((1, 0, 0), (0, 1, 0)),
    "HFP": ((-1, 0, 0), (0, -1, 0)),
    "FFS": ((-1, 0, 0), (0, 1, 0)),
    "FFP": ((1, 0, 0), (0, -1, 0)),
}
"""Directions along a row and a column of an axial slice, by the patient's position."""


def tiny_grids() -> dict[str, Geometry]:
    """Axial grids in 8 in-plane orders for each of 4 patient positions."""
    return {
        f"{position}{'T' if turned else ''}{'-' if row < 0 else '+'}{'-' if column < 0 else '+'}": (
            _tiny_grid(*(axes[::-1] if turned else axes), row=row, column=column)
        )
        for position, axes in POSITIONS.items()
        for turned in (False, True)
        for row in (1, -1)
        for column in (1, -1)
    }


def _tiny_grid(
    along_row: tuple[int, int, int], along_column: tuple[int, int, int], *, row: int, column: int
) -> Geometry:
    right, down = np.array(along_row) * row, np.array(along_column) * column
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([np.cross(right, down) * 5.0, down * 1.2, right * 0.8])
    affine[:3, 3] = (-30.0, 12.0, -100.0)
    return Geometry(shape=(6, 8, 10), affine=affine)


def tiny_analysis(native: Geometry) -> tuple[Analysis, NDArray[np.float64]]:
    """One scan on a grid of a DICOM series, with an L-shaped region of interest.

    Returns:
        The analysis, and where the voxels of the region lie (points, 3) in mm, LPS.
    """
    mask = np.zeros(native.shape, bool)
    indices = np.array(L_SHAPE) + 1
    mask[tuple(indices.T)] = True
    volume = Volume(voxels=np.zeros(native.shape, np.int16), geometry=native).canonical()
    roi = Mask(
        voxels=Reorientation.to_canonical(native).apply(mask).copy(), geometry=volume.geometry
    )
    whole = _attributes(roi, roi)
    found = ScanAnalysis(
        index=0,
        scan=Scan(volume=volume, native=native, acquired_at=START),
        roi=whole,
        normal=whole,
        abnormal=_attributes(roi - roi, roi),
        regions=(),
        labels=np.zeros(volume.geometry.shape, np.uint16),
        bands=(),
        zones=(),
    )
    method = Method(name="by-hand", version="1", summary="Drawn by hand.")
    analysis = Analysis(
        organ="lung", roi_method=method, normal_method=method, scans=(found,), changes=()
    )
    return with_headers(analysis), native.to_mm(indices)
