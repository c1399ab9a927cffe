"""Diseased lung that the experts' lungs of the planning scans leave out.

Radiotherapy contours spare consolidated lung, effusion and tumour; a region of
interest has to hold them. The places were read off the pictures by Eupnea's
developers, who are no radiologists, and stand in the data list. There the region of
interest is judged only where the experts drew lung.
"""

from __future__ import annotations

import numpy as np
from bench.accuracy.listed import ENTRIES
from numpy.typing import NDArray

from eupnea.train.cases import undrawn


def left_out(name: str, lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies in the places of a scan, and is not of the experts' lung."""
    return undrawn(ENTRIES[name].undrawn if name in ENTRIES else (), lung)
