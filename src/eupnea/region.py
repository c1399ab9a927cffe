"""One connected abnormal region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eupnea.band import BandName


@dataclass(frozen=True, kw_only=True)
class Region:
    """One connected abnormal region of one scan.

    Volumes are measured in the scan's own space, never in a warped one.
    """

    id: str
    """`R1`, `R2` and so on; one identity through the whole timeline."""
    label: int
    """Value of this region's voxels in `ScanAnalysis.labels`."""
    volume_ml: float
    centroid_mm: tuple[float, float, float]
    """Mean voxel position, LPS."""
    extent_mm: tuple[float, float, float]
    """Size of the bounding box along x, y and z of the patient."""
    mean_hu: float
    bands: Mapping[BandName, float]
    """Share of the region's volume in each density band; they sum to 1."""
    zone: str
    """The zone that holds most of the region, such as `right lower`."""
    repeat_ml: tuple[float, float] | None = None
    """Volumes that a repeat scan could show were the region unchanged; `None` if not judged."""
    ancestors: tuple[str, ...] = ()
    """Identities that this one grew out of: merged into it, or split to give it."""
