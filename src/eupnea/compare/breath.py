"""How far two scans differ in inspiration."""

from __future__ import annotations

import numpy as np

from eupnea.analysis import Breath, ScanAnalysis
from eupnea.mask import Mask
from eupnea.note import Note, Severity
from eupnea.scan import Scan


def compare_breath(before: ScanAnalysis, after: ScanAnalysis) -> Breath:
    """Lung volumes and the masses of lung and abnormal region in both scans."""
    return Breath(
        volume_ratio=after.roi.volume_ml / before.roi.volume_ml,
        roi_mass_before_g=mass_g(before.scan, before.roi.mask),
        roi_mass_after_g=mass_g(after.scan, after.roi.mask),
        abnormal_mass_before_g=mass_g(before.scan, before.abnormal.mask),
        abnormal_mass_after_g=mass_g(after.scan, after.abnormal.mask),
    )


def mass_g(scan: Scan, mask: Mask) -> float:
    """Mass of a region, its air left out: volume times `1 + HU / 1000`, in grams.

    Air is -1000 HU and water 0 HU by the definition of the scale, so the
    density of a mix is linear between them; readings below -1000 HU are noise
    and count as they are, so that noise cancels.
    """
    total = np.sum(scan.hu[mask.voxels], dtype=np.float64)
    return float((mask.voxel_count + total / 1000) * scan.geometry.voxel_volume_ml)


def breath_notes(breath: Breath, allowed: tuple[float, float]) -> tuple[Note, ...]:
    """A warning when the lung volumes differ too much to compare densities."""
    low, high = allowed
    if low <= breath.volume_ratio <= high:
        return ()
    text = (
        f"The lungs hold {100 * breath.volume_ratio:.0f} % of their earlier volume. Volumes and "
        "densities changed with the breath; compare shares and masses."
    )
    return (Note(code="COMPARABILITY_BREATH", text=text, severity=Severity.WARNING),)
