"""Smooth fields on a coarse grid, read slice by slice on the fine one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.phantom.shapes import Floats

Window = tuple[slice, slice]


@dataclass(frozen=True, kw_only=True, eq=False)
class Coarse:
    """A coarse grid that ends exactly where a fine canonical one does."""

    fine: Geometry
    step_mm: float

    @cached_property
    def grid(self) -> Geometry:
        """The coarse grid; its first and last voxels lie on those of the fine one."""
        spans = [
            (n - 1) * step for n, step in zip(self.fine.shape, self.fine.spacing_mm, strict=True)
        ]
        k, j, i = (max(2, int(np.ceil(span / self.step_mm)) + 1) for span in spans)
        z, y, x = (span / (n - 1) for span, n in zip(spans, (k, j, i), strict=True))
        return Geometry.regular(
            shape=(k, j, i), spacing_mm=(z, y, x), origin_mm=self.fine.origin_mm
        )

    def points(self) -> NDArray[np.float64]:
        """LPS mm (k, j, i, 3) of all coarse voxels."""
        index = np.moveaxis(np.indices(self.grid.shape, dtype=np.float64), 0, -1)
        return self.grid.to_mm(index)

    def section(self, field: Floats, k: int) -> Floats:
        """The coarse field (j, i) at the height of fine slice `k`."""
        below, weight = self._slices
        one, two = field[below[k]], field[below[k] + 1]
        return np.asarray(one + weight[k] * (two - one))

    def window(self, section: Floats, *, below: float) -> Window | None:
        """The fine rows and columns around all of a section that is below a value."""
        hit = section < below
        if not hit.any():
            return None
        spans = []
        for axis, (first, _) in ((1, self._rows), (0, self._columns)):
            where = np.flatnonzero(hit.any(axis=axis))
            start = np.searchsorted(first, where[0] - 1)
            stop = np.searchsorted(first, where[-1] + 1)
            spans.append(slice(int(start), int(stop)))
        return spans[0], spans[1]

    def refine(self, section: Floats, window: Window) -> Floats:
        """A coarse section at the fine rows and columns of a window, linearly."""
        (row, row_weight), (column, column_weight) = self._rows, self._columns
        above, weight = row[window[0]], row_weight[window[0], None]
        rows = section[above] * (1 - weight) + section[above + 1] * weight
        left, weight = column[window[1]], column_weight[window[1]]
        return np.asarray(rows[:, left] * (1 - weight) + rows[:, left + 1] * weight)

    @cached_property
    def _slices(self) -> tuple[NDArray[np.intp], Floats]:
        return self._between(0)

    @cached_property
    def _rows(self) -> tuple[NDArray[np.intp], Floats]:
        return self._between(1)

    @cached_property
    def _columns(self) -> tuple[NDArray[np.intp], Floats]:
        return self._between(2)

    def _between(self, axis: int) -> tuple[NDArray[np.intp], Floats]:
        """For each fine index the coarse index below it, and the weight of the one above."""
        fine, coarse = self.fine.shape[axis], self.grid.shape[axis]
        at = np.arange(fine) * (coarse - 1) / (fine - 1)
        below = np.minimum(at.astype(np.intp), coarse - 2)
        return below, (at - below).astype(np.float32)
