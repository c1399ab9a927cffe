"""Slices from papers, as pictures without Hounsfield units, against drawn infection; weak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from eupnea.segment.model import Model
from eupnea.segment.pixel_axis import PLANE_SPACING_MM, SIDE_MULTIPLE
from eupnea.segment.planes import to_signal
from eupnea.train.scores import dice

SETS = (
    "TestingSet/LungInfection-Test",
    "TrainingSet/LungInfection-Train/Doctor-label",
)

WIDTH_MM = 290.0
"""Assumed: the pictures are cut to the lungs and do not tell their size."""

MARGIN = 12
"""Pixels of tissue around the picture."""

LUNG_HU, TISSUE_HU = -850.0, 40.0
"""Given to the medians of the dark and of the bright pixels."""

EVEN = 0.5

GROUND_GLASS_HU = -600.0
"""Denser is abnormal for the threshold that the model is held against."""


def measure(model: Model, data: Path) -> dict[str, float]:
    """Dice of the drawn infection, over all pixels and as the mean of the slices.

    The threshold is given the model's own lungs, without which it would be lost.
    """
    overlaps: dict[str, list[float]] = {"model": [], "threshold": []}
    sums = np.zeros(3)
    for plane, truth in _slices(data / "covid-slices"):
        roi, normal = _answers(model, plane)
        found = (roi >= EVEN) & (normal < EVEN * roi)
        overlaps["model"].append(dice(found, truth))
        overlaps["threshold"].append(dice((roi >= EVEN) & (plane > GROUND_GLASS_HU), truth))
        sums += ((found & truth).sum(), found.sum(), truth.sum())
    return {
        "slices": float(len(overlaps["model"])),
        "dice of all pixels": float(2 * sums[0] / (sums[1] + sums[2])),
        "mean dice of slices": float(np.mean(overlaps["model"])),
        "mean dice of slices by threshold": float(np.mean(overlaps["threshold"])),
    }


def _slices(folder: Path) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """Each picture upright, in Hounsfield units by its two medians, with what was drawn."""
    for part in SETS:
        for path in sorted((folder / part / "Imgs").glob("*.jpg")):
            grey = np.rot90(np.asarray(Image.open(path).convert("L"), np.float32), -1)
            drawn = np.asarray(Image.open(folder / part / "GT" / f"{path.stem}.png").convert("L"))
            truth = np.rot90(drawn > 127, -1).astype(np.float32)
            factor = WIDTH_MM / grey.shape[1] / PLANE_SPACING_MM
            plane = ndimage.zoom(ndimage.gaussian_filter(_hu(grey), 0.4 / factor), factor, order=1)
            yield plane, ndimage.zoom(truth, factor, order=1) > EVEN


def _hu(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    cut = float(grey.mean())
    dark, bright = np.median(grey[grey < cut]), np.median(grey[grey >= cut])
    slope = (TISSUE_HU - LUNG_HU) / (bright - dark)
    return np.asarray(np.clip(LUNG_HU + slope * (grey - dark), -1024, 400), np.float32)


def _answers(model: Model, plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shares of roi and normal; the one slice stands for its neighbours."""
    rows, columns = plane.shape
    spare = [(MARGIN, MARGIN + -(size + 2 * MARGIN) % SIDE_MULTIPLE) for size in plane.shape]
    wide = to_signal(np.pad(plane, spare, constant_values=TISSUE_HU))
    answers = model.judge(np.broadcast_to(wide, (1, model.card.planes, *wide.shape)).copy())[0]
    return np.asarray(answers[:, MARGIN : MARGIN + rows, MARGIN : MARGIN + columns])
