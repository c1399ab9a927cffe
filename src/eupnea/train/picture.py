"""Pictures of what a model found, to be looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from eupnea.scan import Scan

WINDOW_HU = (-1150, 250)
SLICES = 6


def draw_picture(
    path: Path,
    scan: Scan,
    roi: NDArray[np.bool_],
    abnormal: NDArray[np.bool_],
    *,
    truth: NDArray[np.bool_] | None = None,
) -> None:
    """Six axial slices: roi green, abnormal red, truth yellow.

    The slices are spread evenly over the lungs, but each is moved, within its
    share, to where most is abnormal.
    """
    figure = Figure(figsize=(18, 11), layout="constrained")
    shown = abnormal if truth is None else abnormal | truth
    axes = figure.subplots(2, SLICES // 2).ravel()
    for axis, k in zip(axes, _slices(roi, shown), strict=False):
        axis.imshow(scan.hu[k], cmap="gray", vmin=WINDOW_HU[0], vmax=WINDOW_HU[1])
        outlines = ((roi, "lime"), (abnormal, "red"), (truth, "yellow"))
        for mask, colour in outlines:
            if mask is not None and mask[k].any():
                axis.contour(mask[k], [0.5], colors=colour, linewidths=0.8)
        axis.set_title(f"slice {k}")
        axis.set_aspect(scan.geometry.spacing_mm[1] / scan.geometry.spacing_mm[2])
        axis.axis("off")
    figure.savefig(path, dpi=60)


def _slices(roi: NDArray[np.bool_], shown: NDArray[np.bool_]) -> list[int]:
    inside = np.flatnonzero(roi.any(axis=(1, 2)))
    if inside.size == 0:
        inside = np.arange(roi.shape[0])
    area = shown.sum(axis=(1, 2))
    parts = [part for part in np.array_split(inside, SLICES) if part.size]
    return [
        int(part[np.argmax(area[part])] if area[part].any() else part[part.size // 2])
        for part in parts
    ]
