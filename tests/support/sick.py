"""A small chest with disease, and an organ made for tests that finds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask
from eupnea.organ import Method, NormalRegion, Organ, RegionOfInterest, Zones
from eupnea.scan import Scan
from support.ct import chest_hu
from support.nifti import save_nifti

DISEASE_HU = -300
CERTAIN, DOUBTFUL = 255, 128


def sick_hu(rows: int) -> NDArray[np.int16]:
    """The small chest with dense lung in `rows` rows (of 5) of the right lung, on 8 slices."""
    hu = chest_hu()
    part = hu[4:12, 3 : 3 + rows, 3:6]
    part[part < -500] = DISEASE_HU
    return hu


def save_sick(path: Path, rows: int) -> Path:
    """The same as a NIfTI file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_nifti(path, sick_hu(rows))


def thin_is_normal() -> Organ:
    """Finds lungs between -900 and -200 HU, normal below -700 HU."""
    method = Method(name="test", version="1", summary="Thin is normal.")
    return Organ(
        name="lung",
        roi_method=method,
        normal_method=method,
        find_roi=_find_roi,
        find_normal=_find_normal,
        find_zones=_find_zones,
    )


def _find_roi(scan: Scan) -> RegionOfInterest:
    inside = (scan.hu > -900) & (scan.hu < -200)
    return RegionOfInterest(mask=Mask(voxels=inside, geometry=scan.geometry))


def _find_normal(scan: Scan, roi: Mask) -> NormalRegion:
    thin = Mask(voxels=scan.hu < -700, geometry=scan.geometry)
    certainty = np.where(thin.voxels, CERTAIN, DOUBTFUL).astype(np.uint8)
    return NormalRegion(mask=roi & thin, certainty=certainty)


def _find_zones(roi: Mask) -> Zones:
    return Zones(labels=roi.voxels.astype(np.uint8), names=("all",), geometry=roi.geometry)
