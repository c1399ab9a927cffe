"""How far two scans differ in inspiration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.analysis import Breath, ScanAnalysis
from eupnea.compare.alignment import Alignment
from eupnea.compare.grid import voxel_indices
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.note import Note, Severity
from eupnea.scan import Scan
from eupnea.segment.air_scale import AIR_HU, density_scale, is_off

BLOCK_MM = 6.0
REACH_MM = 15.0
"""The breath of a place is that of the lung around it: wide enough that a region which grew, and
so stretched the alignment, pressed as much of its surroundings as it stretched."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalBreath:
    """How much the lung was stretched between two scans, from place to place."""

    alignment: Alignment = field(repr=False)
    roi: Mask = field(repr=False)
    """The organ in the earlier scan."""

    def at(self, point_mm: Sequence[float]) -> float:
        """Volume later over volume earlier, of the lung around a point of the earlier scan."""
        k, j, i = np.round(self._grid.to_index(point_mm)).astype(int)
        depth, height, width = self._grid.shape
        return float(
            self._ratio[
                min(max(k, 0), depth - 1), min(max(j, 0), height - 1), min(max(i, 0), width - 1)
            ]
        )

    @cached_property
    def _grid(self) -> Geometry:
        residual = self.alignment.forward.residual
        if residual is None:
            return Geometry(shape=(1, 1, 1), affine=np.eye(4))
        return residual.geometry.with_spacing((BLOCK_MM,) * 3)

    @cached_property
    def _ratio(self) -> NDArray[np.float64]:
        """Mean over the lung within reach; 1 where there is none."""
        mapping = self.alignment.forward
        if mapping.residual is None:
            return np.full((1, 1, 1), np.linalg.det(mapping.affine[:3, :3]))
        fine = mapping.residual.jacobian(np.ascontiguousarray(mapping.affine[:3, :3]))
        points = self._grid.to_mm(voxel_indices(self._grid.shape))
        held = self._nearest(self.roi.voxels, self.roi.geometry, points)
        ratio = self._nearest(fine, mapping.residual.geometry, points) * held
        sigma = REACH_MM / BLOCK_MM
        weight = ndimage.gaussian_filter(held, sigma)
        total = ndimage.gaussian_filter(ratio, sigma)
        return np.divide(total, weight, out=np.ones_like(total), where=weight > 1e-3)

    def _nearest(
        self, voxels: NDArray[np.generic], grid: Geometry, points: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        k, j, i = np.clip(
            np.round(grid.to_index(points)).astype(int), 0, np.array(grid.shape) - 1
        ).T
        return np.asarray(voxels[k, j, i], dtype=np.float64).reshape(self._grid.shape)


def compare_breath(before: ScanAnalysis, after: ScanAnalysis) -> Breath:
    """Lung volumes and the masses of lung and abnormal region in both scans."""
    return Breath(
        volume_ratio=after.roi.volume_ml / before.roi.volume_ml,
        roi_mass_before_g=mass_g(before.scan, before.roi.mask, before.air_hu),
        roi_mass_after_g=mass_g(after.scan, after.roi.mask, after.air_hu),
        abnormal_mass_before_g=mass_g(before.scan, before.abnormal.mask, before.air_hu),
        abnormal_mass_after_g=mass_g(after.scan, after.abnormal.mask, after.air_hu),
    )


def mass_g(scan: Scan, mask: Mask, air_hu: float | None = None) -> float:
    """Mass of a region, its air left out: volume times `1 + HU / 1000`, in grams.

    Air is -1000 HU and water 0 HU by the definition of the scale, so the
    density of a mix is linear between them; readings below -1000 HU are noise
    and count as they are, so that noise cancels. Where the scan's air measures
    well below -1000, the scale is put right first (`density_scale`).

    Args:
        scan: Where to measure.
        mask: The region.
        air_hu: What air measures in the scan; `None` if unknown.
    """
    total = density_scale(air_hu) * np.sum(scan.hu[mask.voxels], dtype=np.float64)
    return float((mask.voxel_count - total / AIR_HU) * scan.geometry.voxel_volume_ml)


def breath_notes(volume_ratio: float, allowed: tuple[float, float]) -> tuple[Note, ...]:
    """A warning when the lung volumes differ too much to compare densities.

    Args:
        volume_ratio: Of what both scans show of the organ, later over earlier.
        allowed: Ratios that need no warning.
    """
    low, high = allowed
    if low <= volume_ratio <= high:
        return ()
    text = (
        f"The lungs hold {100 * volume_ratio:.0f} % of their earlier volume. Volumes and "
        "densities changed with the breath; compare shares and masses."
    )
    return (Note(code="COMPARABILITY_BREATH", text=text, severity=Severity.WARNING),)


def mass_notes(before: ScanAnalysis, after: ScanAnalysis, breath: Breath) -> tuple[Note, ...]:
    """A warning when masses rest on a scale that is off, or cannot be."""
    masses = (
        breath.roi_mass_before_g,
        breath.roi_mass_after_g,
        breath.abnormal_mass_before_g,
        breath.abnormal_mass_after_g,
    )
    readings = [scan.air_hu for scan in (before, after)]
    if not any(map(is_off, readings)) and min(masses) >= 0:
        return ()
    early, late = ("unknown" if air is None else f"{air:.0f} HU" for air in readings)
    text = (
        f"Air measures {early} before and {late} after, instead of {AIR_HU:.0f} HU. Masses are "
        "uncertain, and so are changes of hyperlucent lung."
    )
    if min(masses) < 0:
        text += " A mass came out below zero, which nothing has: it must not be used."
    return (Note(code="COMPARABILITY_AIR", text=text, severity=Severity.WARNING),)
