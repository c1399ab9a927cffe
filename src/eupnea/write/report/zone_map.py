"""The zones of the lungs as a small map, seen from the front."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eupnea.write.document import ZoneDocument

SIDES = ("right", "left")
LEVELS = ("upper", "middle", "lower")

FULL_COLOUR = 0.5
"""Abnormal share of a zone at which its colour is full."""


@dataclass(frozen=True, kw_only=True)
class ZoneCell:
    """One zone's place in the map: side 0 is the patient's right, level 0 the upper."""

    zone: ZoneDocument
    side: int
    level: int
    strength: float
    """Of the colour, 0 to 1; its square grows with the share."""


def zone_map(zones: Sequence[ZoneDocument]) -> tuple[ZoneCell, ...]:
    """Cells of the six lung zones; empty when these are not the zones of lungs."""
    cells = {
        f"{side} {level}": (s, n) for s, side in enumerate(SIDES) for n, level in enumerate(LEVELS)
    }
    if {zone.name for zone in zones} != cells.keys():
        return ()
    return tuple(
        ZoneCell(
            zone=zone,
            side=cells[zone.name][0],
            level=cells[zone.name][1],
            strength=round(math.sqrt(min(zone.abnormal_fraction / FULL_COLOUR, 1.0)), 3),
        )
        for zone in zones
    )
