"""Patches of normal lung against patches of emphysema; evaluation only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import io, ndimage

from eupnea.segment.model import Model
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.segment.planes import to_signal
from eupnea.train.scores import area_under_curve

PIXEL_MM = 0.65
"""Assumed: the file does not tell."""

SIDE = 64


def measure_model(model: Model, data: Path) -> dict[str, float]:
    """By the mean share of not normal; each patch is repeated by reflection to fill a plane."""
    return _curves(data, lambda patch: _share_abnormal(model, patch))


def measure_density(data: Path) -> dict[str, float]:
    """By the share of pixels below -950 HU."""
    return _curves(data, lambda patch: float((patch < -950).mean()))


def _curves(data: Path, score: Callable[[NDArray[np.float32]], float]) -> dict[str, float]:
    stored = io.loadmat(data / "cip/EmphysemaPatches.mat")
    kinds = [str(np.ravel(label)[0]) for label in stored["classLabel"].ravel()]
    scores = {
        kind: [score(patch.astype(np.float32)) for patch in _stack(block)]
        for kind, block in zip(kinds, stored["EmphyPatch"].ravel(), strict=True)
    }
    normal = scores.pop("NT")
    everyone = [value for values in scores.values() for value in values]
    return {
        f"auc normal against {name}": area_under_curve(
            normal + values, [False] * len(normal) + [True] * len(values)
        )
        for name, values in {**scores, "all": everyone}.items()
    }


def _stack(block: NDArray[np.int16]) -> NDArray[np.int16]:
    """Patches first."""
    return block if block.shape[1] == block.shape[2] else np.moveaxis(block, -1, 0)


def _share_abnormal(model: Model, patch: NDArray[np.float32]) -> float:
    small = ndimage.zoom(ndimage.gaussian_filter(patch, 0.8), PIXEL_MM / PLANE_SPACING_MM, order=1)
    side = small.shape[0]
    plane = np.pad(small, (0, SIDE - side), mode="reflect")
    signal = to_signal(np.broadcast_to(plane, (1, model.card.planes, SIDE, SIDE)).copy())
    roi, normal = model.judge(signal)[0]
    return float(1.0 - (normal / np.maximum(roi, 0.05)).mean())
