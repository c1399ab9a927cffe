"""Whether values can be Hounsfield units of a chest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Voxel
from eupnea.note import Note, Severity

AIR_BELOW_HU = -500
TISSUE_HU = (-200, 200)
LEAST_SHARE = 0.001
"""Share of the voxels that must be air, and that must be soft tissue."""
MOST_SLICES_SEEN = 64
"""Shares are counted in about so many slices, spread over the volume."""
OUTER_AIR_HU = (-1100, -850)
"""Where values must lie to count as the air around the body."""
AIR_TOLERANCE_HU = 50
"""Largest deviation of the air around the body from -1000 HU that densities allow."""
OUTER_AIR_SHARE = 0.5
"""Share of the measured edge that must be air to tell it from lung in a cropped image."""
SENTINEL_BELOW_HU = -1200
"""Values below this are no tissue and no air: a scanner writes them outside its field."""
SENTINEL_GAP_HU = 100


def refuse_implausible(
    hu: NDArray[np.int16], measured: NDArray[np.bool_] | None, where: str
) -> None:
    """Holds the values against what each chest CT has: air and soft tissue.

    Args:
        hu: Values, slices first.
        measured: Which of them are measurements and not padding; `None` for all.
        where: The series or file.

    Raises:
        Refusal: `NOT_HU` when either is absent, as in stored values that were
            not rescaled, in windowed and in normalised images.
    """
    thin = (slice(None, None, max(1, hu.shape[0] // MOST_SLICES_SEEN)),)
    values = hu[thin] if measured is None else hu[thin][measured[thin]]
    air = np.count_nonzero(values <= AIR_BELOW_HU) / max(values.size, 1)
    low, high = TISSUE_HU
    tissue = np.count_nonzero((values >= low) & (values <= high)) / max(values.size, 1)
    if min(air, tissue) < LEAST_SHARE:
        raise Refusal(
            RefusalCode.NOT_HU,
            expected="air near -1000 and soft tissue near 0",
            found=f"{air:.1%} of the voxels as air, {tissue:.1%} as soft tissue",
            where=where,
        )


def outer_air_hu(hu: NDArray[np.int16], padding: NDArray[np.bool_] | None = None) -> float | None:
    """Median of the air at the edges of a volume (slices, rows, columns).

    `None` where the edges, padding aside, are mostly something else.
    """
    edges = _edges(hu) if padding is None else _edges(hu)[~_edges(padding)]
    low, high = OUTER_AIR_HU
    air = edges[(edges >= low) & (edges <= high)]
    return float(np.median(air)) if 0 < OUTER_AIR_SHARE * edges.size <= air.size else None


def note_on_air(hu: NDArray[np.int16], padding: NDArray[np.bool_] | None = None) -> Note | None:
    """A warning when the air around the body is not at -1000 HU."""
    air = outer_air_hu(hu, padding)
    if air is None or abs(air + 1000) <= AIR_TOLERANCE_HU:
        return None
    return Note(
        code="AIR_OFF",
        text=f"The air around the body lies at {air:.0f} HU instead of -1000: "
        "densities may be shifted.",
        severity=Severity.WARNING,
    )


def _edges(voxels: NDArray[Voxel]) -> NDArray[Voxel]:
    return np.concatenate([voxels[:, 0, :], voxels[:, :, 0], voxels[:, :, -1]], axis=1)


def undeclared_padding(hu: NDArray[np.int16]) -> NDArray[np.bool_] | None:
    """Voxels at one value far below all others, such as -2000 outside a round field of view.

    Examples:
        >>> undeclared_padding(np.array([-2048, -2048, -1000, 40], np.int16)).tolist()
        [True, True, False, False]
        >>> undeclared_padding(np.array([-1024, -1000, 40], np.int16)) is None
        True
    """
    lowest = int(hu.min())
    if lowest > SENTINEL_BELOW_HU:
        return None
    found = hu == lowest
    others = hu[~found]
    isolated = others.size > 0 and int(others.min()) - lowest >= SENTINEL_GAP_HU
    return found if isolated else None
