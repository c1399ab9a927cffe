"""What the network of normal lung sees of a scan: a few planes around each one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PLANE_SPACING_MM = 1.5
"""Distance of the network's pixels; a 3 mm nodule is two of them wide."""

PLANE_OFFSETS_MM = (-6.0, -3.0, 0.0, 3.0, 6.0)
"""Heights of the planes that enter as channels; the middle one is judged."""

MIDDLE_HU, SPREAD_HU = -600.0, 400.0
LOWEST_HU, HIGHEST_HU = -1024.0, 400.0


def to_signal(hu: NDArray[np.float32]) -> NDArray[np.float32]:
    """Hounsfield units as the network takes them: clipped, centred, about -1 to 2.5.

    Examples:
        >>> import numpy as np
        >>> to_signal(np.array([-1024.0, -600.0, 2000.0], np.float32)).tolist()
        [-1.059999942779541, 0.0, 2.5]
    """
    clipped = np.clip(hu, LOWEST_HU, HIGHEST_HU)
    return np.asarray((clipped - MIDDLE_HU) / SPREAD_HU, dtype=np.float32)
