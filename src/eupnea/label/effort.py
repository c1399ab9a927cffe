"""How long a reader will take over one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eupnea.analysis import ScanAnalysis

LOOK_SECONDS = 2.0
"""To look at one slice of the organ and find nothing to draw."""

CORRECT_SECONDS = 15.0
"""To correct the prelabel on one slice where normal and abnormal meet."""

BASIS = (
    f"{LOOK_SECONDS:.0f} s for each slice of the organ and {CORRECT_SECONDS:.0f} s for each slice "
    "on which the prelabel is corrected: an assumption, to plan a day by. It lies between the "
    "4 minutes a scan that corrections of a good model took and the hours that drawing "
    "from nothing took (COVID-19; Shan et al. 2020; up to 150 minutes, Laradji et al. 2020)."
)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What there is to look at and to draw, and the time that may take."""

    organ_slices: int
    drawn_slices: int
    """Slices on which the candidates of both sides meet."""

    @property
    def minutes(self) -> float:
        """Estimated working time; `BASIS` says how."""
        seconds = LOOK_SECONDS * self.organ_slices + CORRECT_SECONDS * self.drawn_slices
        return seconds / 60


def estimate_effort(found: ScanAnalysis) -> Effort:
    """Counts the slices of the organ, and those with candidates on them."""
    organ, candidates = (
        np.count_nonzero(part.mask.voxels.any(axis=(1, 2))) for part in (found.roi, found.abnormal)
    )
    return Effort(organ_slices=int(organ), drawn_slices=int(candidates))
