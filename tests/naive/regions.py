"""Overlap and matching of regions, voxel by voxel and pair by pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.compare.alignment import Alignment


def shared_ml(
    source: ScanAnalysis, target: ScanAnalysis, alignment: Alignment
) -> NDArray[np.float64]:
    """Volume of each source region that lands on each target region, in source ml."""
    shared = np.zeros((len(source.regions), len(target.regions)))
    voxel_ml = source.scan.geometry.voxel_volume_ml
    for n, region in enumerate(source.regions):
        for index in np.argwhere(source.labels == region.label):
            there = alignment.to_moving(source.scan.geometry.to_mm(index))
            k, j, i = np.floor(target.scan.geometry.to_index(there) + 0.5).astype(int)
            shape = target.labels.shape
            if not (0 <= k < shape[0] and 0 <= j < shape[1] and 0 <= i < shape[2]):
                continue
            for m, other in enumerate(target.regions):
                if target.labels[k, j, i] == other.label:
                    shared[n, m] += voxel_ml
    return shared


def groups_of(related: NDArray[np.bool_]) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Connected groups of a graph between rows and columns, by spreading from each node."""
    rows, columns = related.shape
    unseen = {("row", n) for n in range(rows)} | {("column", m) for m in range(columns)}
    groups = set()
    while unseen:
        group = {unseen.pop()}
        while True:
            near = {
                other
                for side, n in group
                for other in (
                    [("column", m) for m in range(columns) if related[n, m]]
                    if side == "row"
                    else [("row", m) for m in range(rows) if related[m, n]]
                )
            }
            if near <= group:
                break
            group |= near
        unseen -= group
        before = tuple(sorted(n for side, n in group if side == "row"))
        after = tuple(sorted(n for side, n in group if side == "column"))
        groups.add((before, after))
    return groups
