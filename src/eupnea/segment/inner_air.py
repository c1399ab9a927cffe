"""The air inside a chest, told apart: aerated lung, large airways, bowel gas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.segment.airways import central_airways
from eupnea.segment.body import GAS_HU, air_inside
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.gas import bowel_gas

SMALLEST_PART = 0.03
"""A piece below this share of the largest is no lung of its own."""

SPARE_GAS = 0.25
"""A piece with this much more share of gas than the largest piece is bowel."""


@dataclass(frozen=True, kw_only=True, eq=False)
class InnerAir:
    """Masks on the coarse grid of a scan."""

    air: NDArray[np.bool_]
    """All of it."""
    airways: NDArray[np.bool_]
    """Trachea and main bronchi, with their walls."""
    gas: NDArray[np.bool_]
    """In stomach and bowel."""
    aerated: NDArray[np.bool_]
    """Aerated lung: what is large, and thicker than gas."""

    @classmethod
    def of(cls, coarse: Coarse) -> InnerAir:
        """The air of one scan."""
        air = air_inside(coarse)
        airways = central_airways(coarse, air)
        gas = bowel_gas(coarse, air & ~airways)
        aerated = _aerated_lungs(coarse, air & ~airways & ~gas)
        return cls(air=air, airways=airways, gas=gas, aerated=aerated)

    @property
    def no_lung(self) -> NDArray[np.bool_]:
        """Airways and bowel gas."""
        return self.airways | self.gas


def _aerated_lungs(coarse: Coarse, air: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The components of air that are lung: large, and thicker than gas."""
    labels, counts = components(air, connectivity=6)
    gas = np.bincount(labels[coarse.hu < GAS_HU], minlength=len(counts) + 1)[1:] / counts
    lung = (gas < 0.5) & (counts >= SMALLEST_PART * counts.max(initial=0))
    lung &= gas <= gas[lung][:1].sum() + SPARE_GAS
    keep = np.concatenate([[False], lung])
    return keep[labels]
