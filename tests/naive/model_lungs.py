"""The lungs of a model and what of them is normal, on the whole grid and in plain order."""

from __future__ import annotations

import fill_voids
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.scan import Scan
from eupnea.segment.airways import main_bronchi
from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.card import Calibration
from eupnea.segment.coarse import Coarse
from eupnea.segment.dense import DenseTissue, dense_beside, tell_dense_apart
from eupnea.segment.inner_air import SMALLEST_PART, InnerAir
from eupnea.segment.lungs import close_sides
from eupnea.segment.model import EVEN_ODDS, LEAST_ROI, Prediction
from eupnea.segment.stray_air import stray_air
from eupnea.segment.thick_tissue import POORLY_AERATED_HU
from eupnea.segment.thickness import CALIBRES_MM, REACH_MM, RIM_MM


def repeated(voxels: NDArray[np.bool_], coarse: Coarse) -> NDArray[np.bool_]:
    """Blocks as voxels of the scan, looked up one by one."""
    k, j, i = (
        np.arange(size) // factor
        for size, factor in zip(coarse.blocks.source.shape, coarse.blocks.factors, strict=True)
    )
    return voxels[np.ix_(k, j, i)]


def held(voxels: NDArray[np.bool_], coarse: Coarse) -> NDArray[np.bool_]:
    """The blocks that hold any of the voxels."""
    for axis, factor in enumerate(coarse.blocks.factors):
        starts = np.arange(0, voxels.shape[axis], factor)
        voxels = np.logical_or.reduceat(voxels, starts, axis=axis)
    return voxels


def lungs(
    scan: Scan, seen: Prediction, located: NDArray[np.float32] | None = None
) -> NDArray[np.bool_]:
    """The region of interest; `located` is what a model says that looks at the chest as a whole."""
    coarse = Coarse.of(scan.volume)
    inner = InnerAir.of(coarse)
    taken = seen.roi >= EVEN_ODDS
    holding = held(taken, coarse)
    dense = _dense(holding, coarse.blocks.middles(seen.roi), located, inner, coarse)
    outside = inner.no_lung | dense.beside
    if located is not None:
        outside |= stray_air(holding, inner, located, coarse.spacing_mm)
    found = taken | (repeated(inner.aerated, coarse) & (scan.hu < LUNG_AIR_HU))
    found |= repeated(dense.lung, coarse)
    pieces = held(found, coarse)
    labels, count = ndimage.label(pieces)
    sizes = ndimage.sum_labels(pieces, labels, np.arange(1, count + 1))
    large = np.flatnonzero(sizes >= SMALLEST_PART * sizes.max(initial=0)) + 1
    found &= repeated(np.isin(labels, large), coarse)
    whole = np.asarray(fill_voids.fill(found), bool)
    return whole & ~repeated(outside, coarse)


def _dense(
    holding: NDArray[np.bool_],
    sure: NDArray[np.uint8],
    located: NDArray[np.float32] | None,
    inner: InnerAir,
    coarse: Coarse,
) -> DenseTissue:
    closed = close_sides(inner.aerated, coarse) > 0
    if located is not None:
        return tell_dense_apart(holding, sure, located, closed, coarse)
    beside = dense_beside(holding, sure, closed, coarse)
    return DenseTissue(lung=np.zeros_like(beside), beside=beside)


def certainty(
    scan: Scan, seen: Prediction, roi: NDArray[np.bool_], calibration: Calibration
) -> NDArray[np.uint8]:
    """That each voxel is normal, computed for each voxel."""
    share = np.clip(seen.normal / np.maximum(seen.roi.astype(float), LEAST_ROI), 0.002, 0.998)
    raised = calibration.slope * np.log(share / (1 - share)) + calibration.shift
    can_be_normal = roi & ~thick_tissue(scan, roi)
    return np.where(can_be_normal, np.rint(255.0 / (1.0 + np.exp(-raised))), 0).astype(np.uint8)


def thick_tissue(scan: Scan, roi: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is thicker than a vessel, on the whole grid and without the rim's shortcuts."""
    coarse = Coarse.of(scan.volume)
    step = coarse.spacing_mm
    organ = coarse.blocks.holding(roi)
    rim_mm = max(RIM_MM, 1.01 * step[0])
    dense = organ & (coarse.hu >= POORLY_AERATED_HU)
    deep = ndimage.distance_transform_edt(np.pad(organ, 1, mode="edge"), step)[1:-1, 1:-1, 1:-1]
    room_mm = ndimage.distance_transform_edt(dense & (deep > rim_mm), step)
    airways = InnerAir.of(coarse).airways
    thick = np.zeros_like(dense)
    rings = zip(CALIBRES_MM, (*REACH_MM, 0.0), (np.inf, *REACH_MM), strict=True)
    away_mm = np.zeros(dense.shape)
    if airways.any():
        away_mm = ndimage.distance_transform_edt(~main_bronchi(airways, step[0]), step)
    for radius_mm, near_mm, far_mm in rings:
        centres = (room_mm > radius_mm) & (away_mm >= near_mm) & (away_mm <= far_mm)
        if centres.any():
            thick |= ndimage.distance_transform_edt(~centres, step) <= radius_mm
    if not thick.any():
        return np.zeros_like(roi)
    return repeated(dense & (ndimage.distance_transform_edt(~thick, step) <= rim_mm), coarse)
