"""The density baseline: what of the lung is normal, by density and shape alone."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.organ import Method, NormalRegion
from eupnea.scan import Scan
from eupnea.segment.components import components
from eupnea.segment.morphology import Spacing, erode, opened

METHOD = Method(
    name="density-baseline",
    version="1",
    summary=(
        "Normal is aerated lung between -950 and -700 HU, and the thin dense structures in it "
        "(vessels, airway walls, fissures, the rim at the pleura). Not a trained model."
    ),
)

DENSE_HU = -700
"""Denser tissue is not well aerated (Negroni et al. 2022)."""

HYPERLUCENT_HU = -950
"""Thinner tissue has lost its walls (LAA-950)."""

SMOOTHING_MM = 1.0
"""Standard deviation of the Gaussian that tames noise before any cut."""

VESSEL_RADIUS_MM = 3.5
"""Dense structures thinner than this ball belong to normal lung."""

RIM_MM = 2.0
"""Width of the partial volume between lung and chest wall."""

HYPERLUCENT_CLUSTER_MM3 = 100.0
"""Smaller hyperlucent clusters are noise."""

MARGIN_MM = 10.0


def find_normal(scan: Scan, roi: Mask) -> NormalRegion:
    """The normal part of a region of interest.

    Args:
        scan: A chest CT.
        roi: The lungs, on the scan's grid.
    """
    box = roi.box(margin_mm=MARGIN_MM)
    organ, spacing = roi.voxels[box], scan.geometry.spacing_mm
    smooth = _smooth(scan.hu[box], spacing)
    abnormal = _dense(smooth, organ, spacing) | _hyperlucent(smooth, organ, spacing)
    normal = np.zeros(roi.voxels.shape, bool)
    normal[box] = organ & ~abnormal
    return NormalRegion(mask=Mask(voxels=normal, geometry=roi.geometry))


def _smooth(hu: NDArray[np.int16], spacing_mm: Spacing) -> NDArray[np.float32]:
    image = sitk.GetImageFromArray(hu.astype(np.float32))
    image.SetSpacing([float(step) for step in reversed(spacing_mm)])
    return np.asarray(sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(image, SMOOTHING_MM)))


def _dense(
    smooth: NDArray[np.float32], organ: NDArray[np.bool_], spacing_mm: Spacing
) -> NDArray[np.bool_]:
    """Dense tissue that is thicker than a vessel and not the rim of the organ."""
    dense = organ & (smooth >= DENSE_HU)
    thick = opened(dense & erode(organ, RIM_MM, spacing_mm), VESSEL_RADIUS_MM, spacing_mm)
    return dense & thick


def _hyperlucent(
    smooth: NDArray[np.float32], organ: NDArray[np.bool_], spacing_mm: Spacing
) -> NDArray[np.bool_]:
    """Clusters of tissue that has lost its walls."""
    smallest = max(1, round(HYPERLUCENT_CLUSTER_MM3 / float(np.prod(spacing_mm))))
    labels, _ = components(
        organ & (smooth < HYPERLUCENT_HU), connectivity=6, minimal_voxels=smallest
    )
    return labels > 0
