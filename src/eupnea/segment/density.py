"""The density baseline: what of the lung is normal, by density and shape alone."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.organ import Method, NormalRegion
from eupnea.scan import Scan
from eupnea.segment.air_scale import AIR_HU, AIR_TOLERANCE_HU
from eupnea.segment.airways import airway_air_hu, central_airways, hilum_distance_mm
from eupnea.segment.blocks import at_nearest
from eupnea.segment.body import air_inside
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.lung_notes import inflation_notes
from eupnea.segment.morphology import Spacing
from eupnea.segment.parenchyma import Parenchyma, parenchyma_of
from eupnea.segment.thickness import thick_parts

METHOD = Method(
    name="density-baseline",
    version="1",
    summary=(
        "Normal is lung as dense as this patient's aerated lung at that height, and the thin "
        "dense structures in it (vessels, airway walls, fissures, the rim at the pleura). "
        "Not a trained model."
    ),
)

DENSE_HU = -700.0
"""Denser tissue is not well aerated (Negroni et al. 2022), unless the lung is in expiration."""

DENSEST_NORMAL_HU = -550.0
"""Whatever the breath, denser tissue is not normal."""

SPREADS = 3.0
"""Normal lung reaches this many standard deviations above its most frequent density."""

HYPERLUCENT_HU = -950.0
"""Thinner tissue has lost its walls (LAA-950)."""

WORKING_MM = 1.4
"""Spacing at which shapes are judged: fine enough for a 6 mm nodule."""

SMOOTHING_MM = 1.0
"""Standard deviation of the Gaussian that tames noise before any cut."""

MARGIN_MM = 10.0

CONSEQUENCE = "the density baseline takes it for normal"
"""Of a lung that is not inflated."""

HYPERLUCENT_CLUSTER_MM3 = 150.0
"""Smaller hyperlucent clusters are noise."""


def find_normal(scan: Scan, roi: Mask) -> NormalRegion:
    """The normal part of a region of interest.

    Args:
        scan: A chest CT.
        roi: The lungs, on the scan's grid.
    """
    if roi.is_empty:
        return NormalRegion(mask=roi)
    box = roi.box(margin_mm=MARGIN_MM)
    grid = Coarse.of(scan.volume.crop(box), spacing_mm=WORKING_MM)
    organ = grid.blocks.holding(roi.voxels[box])
    smooth = _smooth(grid)
    parenchyma = parenchyma_of(smooth, organ, grid.spacing_mm)
    hilum_mm, air_hu = _airways(scan, grid)
    abnormal = _dense(smooth, organ, grid.spacing_mm, parenchyma, hilum_mm)
    abnormal |= _hyperlucent(smooth, organ, grid.spacing_mm, air_hu)
    normal = roi.voxels.copy()
    normal[box] &= ~grid.blocks.to_source(abnormal)
    return NormalRegion(
        mask=Mask(voxels=normal, geometry=roi.geometry),
        notes=inflation_notes(parenchyma.mode_hu, consequence=CONSEQUENCE),
    )


def _smooth(grid: Coarse) -> NDArray[np.float32]:
    """Denoised Hounsfield units on the working grid."""
    image = sitk.GetImageFromArray(grid.hu.astype(np.float32))
    image.SetSpacing([float(step) for step in reversed(grid.spacing_mm)])
    return np.asarray(sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(image, SMOOTHING_MM)))


def _airways(scan: Scan, grid: Coarse) -> tuple[NDArray[np.float32], float]:
    """Distance to the main bronchi, no end of it when none are seen; and what air measures."""
    anatomy = Coarse.of(scan.volume)
    airways = central_airways(anatomy, air_inside(anatomy))
    far_mm = hilum_distance_mm(airways, anatomy.spacing_mm)
    if far_mm is None:
        return np.full(grid.hu.shape, np.inf, np.float32), AIR_HU
    air_hu = airway_air_hu(anatomy, airways)
    hilum_mm = at_nearest(far_mm, anatomy.geometry, grid.geometry)
    return hilum_mm, AIR_HU if air_hu is None else air_hu


def _dense(
    smooth: NDArray[np.float32],
    organ: NDArray[np.bool_],
    spacing_mm: Spacing,
    parenchyma: Parenchyma,
    hilum_mm: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """Dense tissue that is thicker than a vessel and not the rim of the organ."""
    rows = np.arange(organ.shape[1], dtype=np.float64)
    expected = parenchyma.mode_at(rows) + SPREADS * parenchyma.spread_hu
    cut = np.clip(expected, DENSE_HU, DENSEST_NORMAL_HU)[None, :, None]
    dense = organ & (smooth >= cut)
    return thick_parts(dense, organ, spacing_mm, hilum_mm=hilum_mm)


def _hyperlucent(
    smooth: NDArray[np.float32], organ: NDArray[np.bool_], spacing_mm: Spacing, air_hu: float
) -> NDArray[np.bool_]:
    """Clusters of tissue that has lost its walls; the cut follows air that is too dark."""
    too_dark = air_hu < AIR_HU - AIR_TOLERANCE_HU
    cut = HYPERLUCENT_HU + (air_hu - AIR_HU if too_dark else 0.0)
    smallest = max(1, round(HYPERLUCENT_CLUSTER_MM3 / float(np.prod(spacing_mm))))
    labels, _ = components(organ & (smooth < cut), connectivity=6, minimal_voxels=smallest)
    return labels > 0
