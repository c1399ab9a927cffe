"""One place of the body in every scan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eupnea.analysis import Analysis, PointMap
from eupnea.write.document import Point


@dataclass(frozen=True, eq=False)
class Follower:
    """Carries points from scan to scan through the alignments of an analysis."""

    analysis: Analysis

    def follow(self, point_mm: Point, start: int, goal: int) -> Point | None:
        """Where a point of one scan lies in another; mm, LPS; `None` when nothing tells.

        Scans that were aligned with each other are asked directly; else the
        way leads through as few scans between as there can be.
        """
        way = self._way(start, goal)
        if way is None:
            return None
        point = np.asarray(point_mm, dtype=np.float64)
        for carry in way:
            point = carry(point)
        x, y, z = point.tolist()
        return x, y, z

    @cached_property
    def _steps(self) -> dict[int, dict[int, PointMap]]:
        steps: dict[int, dict[int, PointMap]] = {scan.index: {} for scan in self.analysis.scans}
        for change in self.analysis.changes:
            if change.correspondence is not None:
                steps[change.before][change.after] = change.correspondence.to_after
                steps[change.after][change.before] = change.correspondence.to_before
        return steps

    def _way(self, start: int, goal: int) -> list[PointMap] | None:
        """Maps on the shortest way, breadth first."""
        ways: dict[int, list[PointMap]] = {start: []}
        queue = [start]
        for here in queue:
            for there, carry in sorted(self._steps[here].items(), key=lambda step: step[0]):
                if there not in ways:
                    ways[there] = [*ways[here], carry]
                    queue.append(there)
        return ways.get(goal)
