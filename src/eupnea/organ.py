"""The target organ: how to find it, and how to find its normal part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.note import Note
from eupnea.scan import Scan


@dataclass(frozen=True, kw_only=True)
class Method:
    """What computed a mask; printed in `analysis.json` and in the report."""

    name: str
    """Such as `density-baseline` or `eupnea-lung`."""
    version: str
    summary: str
    """One or two sentences for a reader."""


@dataclass(frozen=True, kw_only=True)
class Margins:
    """How far the interval of an abnormal volume reaches beyond what a method itself doubts.

    Both ends in parts of the abnormal volume and a hundredth of the region of interest.
    """

    below: float
    above: float


@dataclass(frozen=True, kw_only=True, eq=False)
class RegionOfInterest:
    """The whole organ, diseased parts included."""

    mask: Mask
    notes: tuple[Note, ...] = ()
    air_hu: float | None = None
    """What air inside the body measures; `None` where none is seen."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NormalRegion:
    """The normal part of the organ; always inside the region of interest."""

    mask: Mask
    certainty: NDArray[np.uint8] | None = None
    """Certainty that a voxel is normal, 0 to 255, on the scan's grid; `None` if unknown."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Zones:
    """A partition of the organ into named parts."""

    labels: NDArray[np.uint8]
    """0 outside the organ; n in the zone `names[n - 1]`."""
    names: tuple[str, ...]
    geometry: Geometry


@dataclass(frozen=True, kw_only=True)
class Organ:
    """Everything the pipeline must know of an organ; it knows none by name."""

    name: str
    roi_method: Method
    normal_method: Method
    find_roi: Callable[[Scan], RegionOfInterest] = field(repr=False)
    """Raises `Refusal` `NOT_CHEST` (or its like) when the organ is not in the scan."""
    find_normal: Callable[[Scan, Mask], NormalRegion] = field(repr=False)
    """Takes the scan and its region of interest."""
    find_zones: Callable[[Mask], Zones] = field(repr=False)
    """Takes the region of interest."""
    margins: Margins | None = None
    """Of the normal method, learnt on scans whose abnormal volume is known; `None` if unknown."""
