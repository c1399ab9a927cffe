"""Connected components, largest first; small ones and holes."""

from __future__ import annotations

from typing import Literal

import cc3d
import fill_voids
import numpy as np
from numpy.typing import NDArray

Connectivity = Literal[6, 18, 26]


def components(
    mask: NDArray[np.bool_], *, connectivity: Connectivity = 26, minimal_voxels: int = 1
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Numbers the components of a mask, largest first.

    Equal sizes are ordered by their first voxel, so that the numbering is the
    same on every machine.

    Args:
        mask: Voxels (slices, rows, columns).
        connectivity: Neighbours that connect: 6 by face, 18 by edge, 26 by corner.
        minimal_voxels: Smaller components get the label 0.

    Returns:
        Labels on the mask's grid, 0 outside; and the voxel count of each
        component, of label 1 first.

    Examples:
        >>> line = np.array([[[1, 0, 1, 1, 0, 1, 1, 1]]], bool)
        >>> labels, counts = components(line)
        >>> labels.ravel().tolist(), counts.tolist()
        ([3, 0, 2, 2, 0, 1, 1, 1], [3, 2, 1])
    """
    found, counts = _found(mask, connectivity)
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= minimal_voxels]
    rank = np.zeros(len(counts) + 1, np.uint32)
    rank[order + 1] = np.arange(1, len(order) + 1)
    return rank[found], counts[order]


def without_small(mask: NDArray[np.bool_], *, share: float) -> NDArray[np.bool_]:
    """The pieces of a mask, connected by faces, that have a share of its largest.

    Examples:
        >>> line = np.array([[[1, 0, 1, 1, 0, 1, 1, 1]]], bool)
        >>> without_small(line, share=0.5).astype(int).ravel().tolist()
        [0, 0, 1, 1, 0, 1, 1, 1]
    """
    found, counts = _found(mask, 6)
    large = np.append(False, counts >= share * counts.max(initial=0))
    return np.asarray(large[found])


def without_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask and what it encloses, in the order of the mask.

    Examples:
        >>> ring = np.ones((3, 3, 3), bool)
        >>> ring[1, 1, 1] = False
        >>> without_holes(ring).all()
        np.True_
    """
    return np.asarray(fill_voids.fill(mask.T).T, bool)  # it would answer in Fortran's order


def _found(
    mask: NDArray[np.bool_], connectivity: Connectivity
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Labels in the order of the components' first voxels, and their voxel counts."""
    found = cc3d.connected_components(
        np.require(mask, requirements=["C", "W"]),
        connectivity=connectivity,
        binary_image=True,
        out_dtype=np.uint32,
    )
    return found, np.bincount(found[mask])[1:].astype(np.int64)
