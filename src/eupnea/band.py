"""Density bands of lung tissue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class BandName(StrEnum):
    """The four bands, from thin to dense."""

    HYPERLUCENT = "hyperlucent"
    AERATED = "aerated"
    GROUND_GLASS = "ground_glass"
    CONSOLIDATED = "consolidated"


@dataclass(frozen=True, kw_only=True)
class Band:
    """A half-open range of Hounsfield units: `low_hu <= value < high_hu`."""

    name: BandName
    low_hu: float
    high_hu: float

    def contains(self, hu: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Which voxels lie in the band."""
        return (hu >= self.low_hu) & (hu < self.high_hu)


BANDS = (
    Band(name=BandName.HYPERLUCENT, low_hu=-np.inf, high_hu=-950),
    Band(name=BandName.AERATED, low_hu=-950, high_hu=-700),
    Band(name=BandName.GROUND_GLASS, low_hu=-700, high_hu=-250),
    Band(name=BandName.CONSOLIDATED, low_hu=-250, high_hu=np.inf),
)
"""Cuts at -950, -700 and -250 HU, thin to dense, without gap or overlap.

-950 and -700: Negroni et al. 2022 (well aerated lung); -950 is also the usual
emphysema cut (LAA-950, Chest Imaging Platform). -250: Negroni et al. 2022;
-300 served best in s12879-021-06556-z, so read the border of ground glass and
consolidation as +-50 HU.
"""
