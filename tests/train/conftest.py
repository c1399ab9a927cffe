"""A small chest to train on."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.train.cases import Case
from eupnea.volume import Volume


@pytest.fixture(scope="session")
def case() -> Case:
    """Two boxes of lung in a box of tissue, with noise; one corner is of unknown nature."""
    grid = Geometry.regular(shape=(24, 80, 110), spacing_mm=(3.0, 2.0, 2.0))
    lung = np.zeros(grid.shape, bool)
    lung[3:21, 15:65, 12:48] = True
    lung[3:21, 15:65, 60:98] = True
    noise = np.random.default_rng(0).normal(0, 15, grid.shape)
    hu = np.where(lung, -860.0, 45.0) + noise
    hu[:, :5] = hu[:, -5:] = -1024
    unknown = np.zeros_like(lung)
    unknown[3:21, 50:65, 12:48] = True
    volume = Volume(voxels=np.rint(hu).astype(np.int16), geometry=grid)
    acquired_at = datetime(2020, 1, 1, tzinfo=UTC)
    scan = Scan(volume=volume, native=grid, acquired_at=acquired_at)
    return Case(name="box", scan=scan, lung=lung, unknown=unknown)
