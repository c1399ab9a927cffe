"""The inside of the body: where lungs can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.morphology import opened

LUNG_AIR_HU = -400
"""Darker voxels hold more air than tissue: half way from lung (-850) to soft tissue (50)."""

TABLE_MM = 2.5
"""Radius of a ball that fits into the thinnest chest wall, and into no table top or tube."""

SIDES_MET = 3
"""Of four axial directions, in how many the body must be met."""


GAS_HU = -975
"""Darker voxels hold gas alone; lung holds tissue."""


def air_inside(coarse: Coarse) -> NDArray[np.bool_]:
    """The air inside the body: lungs, airways, bowel gas.

    Inside is what has the body on at least three of four sides, in its axial
    slice. Where the image ends inside the body one side may be missing: a lung
    that is cut by the edge of the image is still inside. Grooves of the skin
    pass the same test; they are gas that runs on into the air outside.
    """
    air = coarse.hu < LUNG_AIR_HU
    inside = air & _enclosed(_solid_body(coarse))
    labels, counts = components(inside, connectivity=6)
    gas = np.bincount(labels[coarse.hu < GAS_HU], minlength=len(counts) + 1)
    groove = _touching(labels, air & ~inside) & (gas > np.append(0, counts) / 2)
    return inside & ~groove[labels]


def _solid_body(coarse: Coarse) -> NDArray[np.bool_]:
    """The largest body of tissue, without table tops and tubes."""
    radius = max(TABLE_MM, 1.01 * max(coarse.spacing_mm))
    solid = opened(coarse.hu >= LUNG_AIR_HU, radius, coarse.spacing_mm)
    labels, _ = components(solid, connectivity=6)
    return np.asarray(labels == 1)


def _enclosed(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    met = np.zeros(body.shape, np.uint8)
    for axis in (1, 2):
        met += np.maximum.accumulate(body, axis=axis)
        met += np.flip(np.maximum.accumulate(np.flip(body, axis), axis=axis), axis)
    return met >= SIDES_MET


def _touching(labels: NDArray[np.uint32], other: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each label, whether it touches the other mask within an axial slice."""
    touches = np.zeros(int(labels.max()) + 1, bool)
    for axis in (1, 2):
        turned, mask = np.moveaxis(labels, axis, 0), np.moveaxis(other, axis, 0)
        touches[turned[1:][mask[:-1]]] = True
        touches[turned[:-1][mask[1:]]] = True
    touches[0] = False
    return touches
