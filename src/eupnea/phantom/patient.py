"""A synthetic patient: scans over time, and everything that is true of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eupnea.analysis import Event
from eupnea.phantom.motion import Motion
from eupnea.phantom.plan import PatientPlan
from eupnea.phantom.truth import Truth
from eupnea.scan import Scan
from eupnea.timeline import Timeline


@dataclass(frozen=True, kw_only=True, eq=False)
class PhantomScan:
    """One scan and what is true of it."""

    scan: Scan
    truth: Truth
    motion: Motion = field(repr=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Patient:
    """The scans of one synthetic patient, oldest first, with exactly known truth."""

    plan: PatientPlan = field(repr=False)
    scans: tuple[PhantomScan, ...]
    events: Mapping[tuple[int, int], tuple[Event, ...]]
    """For each pair of scan indices, the earlier first, what became of each region."""

    def timeline(self) -> Timeline:
        """The scans as any other patient's."""
        return Timeline(scans=tuple(scan.scan for scan in self.scans))

    def scan_name(self, index: int) -> str:
        """What files of one scan are called, such as `00_2024-03-05`."""
        return f"{index:02d}_{self.scans[index].scan.acquired_at.date().isoformat()}"

    def displace(self, points_mm: ArrayLike, *, source: int, target: int) -> NDArray[np.float64]:
        """Where points (..., 3) of one scan, LPS mm, truly lie in another.

        Args:
            points_mm: Positions in the scan `source`.
            source: Index of the scan in which the points are given.
            target: Index of the scan in which they are sought.
        """
        reference = self.scans[source].motion.to_reference(points_mm)
        return self.scans[target].motion.from_reference(reference)
