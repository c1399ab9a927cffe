"""Where an image ends before the lungs do."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.segment.cut import EDGE_SHARE, EDGES, cut_at


@pytest.mark.parametrize("place", EDGES)
def test_each_edge_has_its_name(place: str) -> None:
    """Lungs that reach one edge are cut there and nowhere else."""
    axis, end = EDGES[place]
    box = [slice(2, 8)] * 3
    box[axis] = slice(0, 8) if end == 0 else slice(2, 10)
    lungs = np.zeros((10, 10, 10), bool)
    lungs[tuple(box)] = True
    assert cut_at(lungs) == {place: 1.0}


def test_a_tip_on_the_edge_is_no_cut() -> None:
    """One voxel of a section of a hundred may touch; none and no lungs at all are whole."""
    lungs = np.zeros((20, 20, 20), bool)
    assert cut_at(lungs) == {}
    lungs[5:15, 5:15, 5:15] = True
    lungs[10, 10, :5] = True
    assert EDGE_SHARE > 1 / 100
    assert cut_at(lungs) == {}
    lungs[8:12, 10, :5] = True
    assert cut_at(lungs) == {"right": pytest.approx(0.04)}
