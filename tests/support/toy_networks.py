"""Networks that see by density or not at all, with a card, and a scan to show them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment.card import ModelCard
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.segment.planes import PLANE_OFFSETS_MM, to_signal
from eupnea.volume import Volume


def scan_of(hu: NDArray[np.int16], spacing_mm: tuple[float, float, float]) -> Scan:
    """A scan of these voxels."""
    k, j, i = hu.shape
    grid = Geometry.regular(shape=(k, j, i), spacing_mm=spacing_mm)
    return Scan(
        volume=Volume(voxels=hu, geometry=grid),
        native=grid,
        acquired_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


def card() -> ModelCard:
    """A card with nothing on it."""
    return ModelCard(
        name="toy",
        version="1",
        summary="Thresholds.",
        sha256="",
        plane_offsets_mm=PLANE_OFFSETS_MM,
        plane_spacing_mm=PLANE_SPACING_MM,
        data=(),
        training={},
        metrics={},
        limits=(),
    )


def by_density(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lung is below -400 HU, normal below -725 HU; outside air is neither."""
    middle = planes[:, planes.shape[1] // 2]
    thin, normal_end, dense = to_signal(np.array([-950.0, -725.0, -400.0], np.float32))
    lung = (middle > thin) & (middle < dense)
    normal = lung & (middle < normal_end)
    return np.stack([lung, normal], axis=1).astype(np.float32)


def unsure(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same, and a third of what is dense may be lung."""
    shares = by_density(planes)
    dense = planes[:, planes.shape[1] // 2] >= to_signal(np.array([-400.0], np.float32))
    shares[:, 0] += np.float32(0.33) * dense
    return shares


def in_the_middle(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """All that is not air is lung, the more so the nearer to the middle of the chest."""
    dense = chest[:, :1] > -0.5
    columns = np.cos(np.linspace(-np.pi / 2, np.pi / 2, chest.shape[-1], dtype=np.float32))
    return np.where(dense, columns, np.float32(0.0))


def doubtful(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lung by density; of dense matter it is not sure, though never outside the body."""
    known = by_density(planes)
    middle = planes[:, planes.shape[1] // 2]
    dense = middle >= to_signal(np.array([-400.0], np.float32))[0]
    known[:, 0] = np.where(dense, 0.3, known[:, 0])
    return known


def blind(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that sees no lung anywhere."""
    return np.zeros((len(planes), 2, *planes.shape[2:]), np.float32)


def all_normal(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Everything is lung, and normal."""
    return np.ones((len(planes), 2, *planes.shape[2:]), np.float32)


def nowhere(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Nothing is lung."""
    return np.zeros_like(chest[:, :1])


def all_of_it(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Everything is lung."""
    return np.ones_like(chest[:, :1])
