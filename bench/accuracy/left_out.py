"""Diseased lung that the experts' lungs of the planning scans leave out.

Radiotherapy contours spare consolidated lung, effusion and tumour; a region of
interest has to hold them. The places were read off the pictures by Eupnea's
developers, who are no radiologists, and stand in the data list. There the region of
interest is judged only where the experts drew lung.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.train.cases import Datalist, undrawn

PLACES = {
    entry.name: entry.undrawn
    for entry in Datalist.read(Path(__file__).with_name("lung.json")).cases
}
"""Of each scan."""


def left_out(name: str, lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies in the places of a scan, and is not of the experts' lung."""
    return undrawn(PLACES.get(name, ()), lung)
