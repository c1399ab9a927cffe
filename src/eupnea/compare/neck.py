"""Regions that are one by no more than a thin bridge."""

from __future__ import annotations

from collections.abc import Sequence

import edt
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eupnea.analysis import ScanAnalysis
from eupnea.box import Box, box_of
from eupnea.compare.alignment import Alignment
from eupnea.compare.carry import OUTSIDE
from eupnea.region import Region
from eupnea.segment.components import components

LEAST_SHARE = 0.15
"""Of what another region covers of the cores; less of it in one core is a sliver."""


def count_across_necks(
    region: Region,
    others: Sequence[Region],
    here: ScanAnalysis,
    there: ScanAnalysis,
    alignment: Alignment,
    neck_mm: float,
) -> int:
    """How many parts of a region the other scan's regions lie in, once it is cut at its necks.

    A neck is where an ellipsoid of `neck_mm`, or of two voxels where these are
    longer, does not fit; what is left are the region's cores. Two regions of
    the other scan that reach one core lie in one part. So does a region that
    reaches none: nothing then says that it is apart.

    Args:
        region: Of the scan `here`.
        others: Regions of the scan `there` that may all have become this one.
        here: The scan of the region.
        there: The other scan.
        alignment: From `here` to `there`.
        neck_mm: Thickness of the thinnest bridge that joins two parts.

    Returns:
        At least 1, at most the number of `others`.
    """
    box = box_of(here.labels == region.label)
    cores = _cores(here.labels[box] == region.label, here.scan.geometry.spacing_mm, neck_mm)
    covered = _covered(cores, box, others, here, there, alignment)
    covered = covered[:, covered.any(axis=0)]
    if not covered.size:
        return 1
    least = np.minimum(LEAST_SHARE * covered.sum(axis=0), covered.max(axis=0))
    return _clusters(covered >= least)


def _cores(
    inside: NDArray[np.bool_], spacing_mm: tuple[float, float, float], neck_mm: float
) -> NDArray[np.uint32]:
    """Numbered cores; distances are counted in half necks, or voxels where these are longer."""
    z, y, x = (step / max(step, neck_mm / 2) for step in spacing_mm)
    depth = edt.edt(np.ascontiguousarray(inside), anisotropy=(z, y, x), black_border=True)
    labels, _ = components(np.asarray(depth > 1 + 1e-6))
    return labels


def _covered(
    cores: NDArray[np.uint32],
    box: Box,
    others: Sequence[Region],
    here: ScanAnalysis,
    there: ScanAnalysis,
    alignment: Alignment,
) -> NDArray[np.intp]:
    """(cores, others): voxels of each core that land on each region of the other scan."""
    index = np.argwhere(cores) + np.array([part.start for part in box])
    flat = alignment.carry(np.ravel_multi_index(tuple(index.T), here.labels.shape))
    found = np.where(flat == OUTSIDE, 0, there.labels.reshape(-1)[flat])
    core = cores[cores > 0].astype(np.intp) - 1
    count = int(cores.max(initial=0))
    return np.stack(
        [np.bincount(core[found == other.label], minlength=count) for other in others], axis=1
    )


def _clusters(reached: NDArray[np.bool_]) -> int:
    """Regions (columns) that share a core (row), directly or through others, are one."""
    n, m = reached.shape
    rows, columns = np.nonzero(reached)
    graph = coo_array((np.ones(len(rows)), (rows, n + columns)), shape=(n + m, n + m))
    _, member = connected_components(graph, directed=False)
    return len(np.unique(member[n:]))
