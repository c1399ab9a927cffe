"""The density bands of an organ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import BandShare
from eupnea.band import BANDS, BandName
from eupnea.mask import Mask
from eupnea.scan import Scan


def band_shares(scan: Scan, roi: Mask) -> tuple[BandShare, ...]:
    """Volume and share of each density band, thin to dense; they partition the roi."""
    counts = count_bands(scan.hu[roi.voxels])
    total = max(1, roi.voxel_count)
    return tuple(
        BandShare(
            name=name,
            volume_ml=count * roi.geometry.voxel_volume_ml,
            fraction=count / total,
        )
        for name, count in counts.items()
    )


def count_bands(hu: NDArray[np.int16]) -> dict[BandName, int]:
    """Number of voxels in each band, thin to dense.

    Examples:
        >>> counts = count_bands(np.array([-1000, -800, -750, -500, 40], np.int16))
        >>> {name.value: count for name, count in counts.items()}
        {'hyperlucent': 1, 'aerated': 2, 'ground_glass': 1, 'consolidated': 1}
    """
    return {band.name: int(np.count_nonzero(band.contains(hu))) for band in BANDS}
