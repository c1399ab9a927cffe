"""Scans of unlike reconstruction, made alike before they are measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.note import Note, Severity
from eupnea.read.pixels import AIR_HU
from eupnea.scan import Scan
from eupnea.timeline import Timeline
from eupnea.volume import Volume

ALIKE = 1.25
"""Slices and grains within this factor need no harmonising."""
SOFT_HU = (-100, 150)
"""Where grain is measured: in tissue without structure of its own."""
WIDEST_MM = 3.0
"""Most smoothing within a slice (standard deviation)."""
SEARCHES = 12
SLICES_SEEN = 12
"""Grain is measured in about so many slices, spread over the body."""


def harmonise(timeline: Timeline) -> Timeline:
    """Thin slices averaged to the thickest of the timeline, then grain smoothed to the finest.

    A sharper kernel or a thinner slice has more grain, and more grain makes
    more voxels dark and dense that are neither (Gierada 2010). So all scans
    are brought to the blurriest: along the body by a box whose variance adds
    up to that of the thickest slices, within slices by the Gaussian that
    leaves as much grain as the calmest scan has (in one step the idea of
    Gallardo-Estrella 2015). Grids stay as they are; what was changed is noted.
    """
    thickest = max(_thickness_mm(scan) for scan in timeline)
    averaged = [_average(scan, thickest) for scan in timeline]
    grains = [grain_hu(scan.hu) for scan in averaged]
    calmest = min((grain for grain in grains if grain), default=0.0)
    return Timeline(
        scans=tuple(
            _smooth(scan, calmest) if calmest and grain > ALIKE * calmest else scan
            for scan, grain in zip(averaged, grains, strict=True)
        )
    )


def grain_hu(hu: NDArray[np.generic]) -> float:
    """Spread of soft tissue from one voxel to the next within slices; 0 where there is none.

    The standard deviation of one voxel, from the median of differences, so
    that outlines of organs do not count.
    """
    thin = np.asarray(hu[:: max(1, len(hu) // SLICES_SEEN)], np.float32)
    low, high = SOFT_HU
    soft = (thin > low) & (thin < high)
    steps = np.diff(thin, axis=2)[soft[:, :, 1:] & soft[:, :, :-1]]
    return float(1.4826 * np.median(np.abs(steps)) / np.sqrt(2)) if steps.size else 0.0


def _thickness_mm(scan: Scan) -> float:
    return max(scan.acquisition.slice_thickness_mm or 0.0, scan.geometry.spacing_mm[0])


def _average(scan: Scan, thickness_mm: float) -> Scan:
    own = _thickness_mm(scan)
    if thickness_mm <= ALIKE * own:
        return scan
    width = np.sqrt(thickness_mm**2 - own**2) / scan.geometry.spacing_mm[0]
    reach = int(np.ceil((width - 1) / 2))
    weights = np.clip((width + 1) / 2 - np.abs(np.arange(-reach, reach + 1)), 0, 1)
    smooth = ndimage.correlate1d(
        scan.hu.astype(np.float32), weights / weights.sum(), axis=0, mode="nearest"
    )
    return _changed(scan, smooth, f"averaged along the body to slices of {thickness_mm:g} mm")


def _smooth(scan: Scan, grain: float) -> Scan:
    """Found by halving: the blur that leaves this much grain."""
    seen = scan.hu[:: max(1, len(scan.hu) // SLICES_SEEN)].astype(np.float32)
    low, high = 0.0, WIDEST_MM
    for _ in range(SEARCHES):
        middle = (low + high) / 2
        is_grainy = grain_hu(_blur(seen, scan, middle)) > grain
        low, high = (middle, high) if is_grainy else (low, middle)
    smooth = _blur(scan.hu.astype(np.float32), scan, high)
    return _changed(
        scan, smooth, f"smoothed within slices by {high:.2f} mm, to {grain:.0f} HU of grain"
    )


def _blur(hu: NDArray[np.float32], scan: Scan, sigma_mm: float) -> NDArray[np.float32]:
    _, row, column = scan.geometry.spacing_mm
    return np.asarray(ndimage.gaussian_filter(hu, (0, sigma_mm / row, sigma_mm / column)))


def _changed(scan: Scan, hu: NDArray[np.float32], how: str) -> Scan:
    voxels = np.rint(hu).astype(np.int16)
    if scan.padding is not None:
        voxels[scan.padding.voxels] = AIR_HU
    note = Note(
        code="HARMONISED",
        text=f"The images were {how}, to be compared with the other scans.",
        severity=Severity.CAUTION,
    )
    volume = Volume(voxels=voxels, geometry=scan.geometry)
    return replace(scan, volume=volume, notes=(*scan.notes, note))
