"""A scan at a glance: what is known of it before its planes are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box, box_of
from eupnea.mask import Mask
from eupnea.scan import Scan
from eupnea.segment.airways import hilum_distance_mm
from eupnea.segment.coarse import Coarse
from eupnea.segment.dense import LEAST_LOCATED
from eupnea.segment.inner_air import InnerAir
from eupnea.segment.located import Located
from eupnea.segment.model import Model
from eupnea.segment.parenchyma import parenchyma_of
from eupnea.segment.thick_tissue import thick_tissue

LOOK_BEYOND_MM = 30.0
"""How far around the lungs planes are looked at: as far as the farthest of them tells of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Overview:
    """The scan on a coarse grid, its inner air, and where the chest as a whole places the lungs."""

    coarse: Coarse
    inner: InnerAir
    located: Located | None
    """`None` of a model that does not ask."""

    @classmethod
    def of(cls, model: Model, scan: Scan) -> Overview:
        """The overview of one scan, as a model sees it."""
        coarse = Coarse.of(scan.volume)
        inner = InnerAir.of(coarse)
        return cls(coarse=coarse, inner=inner, located=model.locate(coarse))

    def where_to_look(self) -> Box | None:
        """The part of the scan that can hold lung; all of it where only its air tells of that."""
        if self.located is None:
            return None
        lungs = self.inner.aerated | (self.located.sure >= LEAST_LOCATED)
        box = Mask(voxels=lungs, geometry=self.coarse.geometry).box(margin_mm=LOOK_BEYOND_MM)
        return self.coarse.blocks.fine_box(box)

    def mode_hu(self, lungs: NDArray[np.bool_]) -> float:
        """The most frequent density of the aerated lung in lungs on the coarse grid."""
        return parenchyma_of(self.coarse.hu, lungs, self.coarse.spacing_mm).mode_hu

    def mode_hu_in(self, roi: Mask) -> float:
        """The same in a region of interest on the scan's own grid."""
        return self.mode_hu(self.coarse.blocks.holding(roi.voxels))

    def thick_tissue(self, organ: NDArray[np.bool_]) -> tuple[Box, NDArray[np.bool_]]:
        """What of an organ is too thick to be normal: a box of the scan, and where in it."""
        coarse = self.coarse
        hilum_mm = hilum_distance_mm(self.inner.airways, coarse.spacing_mm)
        thick = thick_tissue(coarse, organ, hilum_mm)
        box = box_of(thick)
        return coarse.blocks.fine_box(box), coarse.blocks.crop(box).to_source(thick[box])
