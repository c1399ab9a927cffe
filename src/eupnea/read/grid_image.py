"""An image file's voxels before they are known to be Hounsfield units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.note import Note
from eupnea.read.ct_slice import Rescale


@dataclass(frozen=True, kw_only=True, eq=False)
class GridImage:
    """Stored values in the order of the file, the slowest axis first."""

    stored: NDArray[np.generic]
    rescale: Rescale
    geometry: Geometry
    other: Geometry | None = None
    """Another geometry that the file states as well, where the two differ."""
    notes: tuple[Note, ...] = ()
