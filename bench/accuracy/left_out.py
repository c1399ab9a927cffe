"""Diseased lung that the experts' lungs of the planning scans leave out.

Radiotherapy contours spare consolidated lung, effusion and tumour; a region of
interest has to hold them. The places were read off the pictures by Eupnea's
developers, who are no radiologists. There the region of interest is judged
only where the experts drew lung.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PLACES = {
    "case005": {
        "consolidation of the right base": (slice(30, 46), slice(225, 290), slice(135, 225)),
        "tumour and consolidation of the left upper lobe": (
            slice(50, 86),
            slice(170, 280),
            slice(265, 365),
        ),
    },
    "case006": {
        "effusion at the right base": (slice(24, 47), slice(185, 250), slice(130, 230)),
        "thickened pleura around the right apex": (
            slice(84, 107),
            slice(90, 245),
            slice(115, 200),
        ),
    },
}
"""Boxes (slices, rows, columns) on the grid of the scan."""


def left_out(name: str, lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies in the places of a scan, and is not of the experts' lung."""
    places = np.zeros_like(lung)
    for box in PLACES.get(name, {}).values():
        places[box] = True
    return places & ~lung
