"""Plans small enough to be built within a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from eupnea.geometry import Geometry
from eupnea.phantom import LesionPlan, Patient, PatientPlan, ScanPlan, build, chest_grid
from eupnea.phantom.plan import FIRST_SCAN

SEED = 5


@pytest.fixture(scope="session")
def tiny_grid() -> Geometry:
    """A whole chest in 48 x 60 x 60 voxels."""
    return chest_grid(shape=(48, 60, 60), spacing_mm=(6.0, 5.6, 5.6))


@pytest.fixture(scope="session")
def tiny_plan(tiny_grid: Geometry) -> Callable[..., PatientPlan]:
    """Makes plans of two quiet scans on the tiny grid; changes are given by name."""

    def plan(
        *lesions: LesionPlan, breaths: tuple[float, ...] = (1.0, 1.0), noise_hu: float = 0.0
    ) -> PatientPlan:
        scans = tuple(
            ScanPlan(acquired_at=FIRST_SCAN + timedelta(days=n), breath=breath, noise_hu=noise_hu)
            for n, breath in enumerate(breaths)
        )
        return PatientPlan(seed=SEED, scans=scans, lesions=lesions, grid=tiny_grid, detail=0.05)

    return plan


@pytest.fixture(scope="session")
def healthy(tiny_plan: Callable[..., PatientPlan]) -> Patient:
    """A patient without lesions, at full breath and at nine tenths of it."""
    return build(tiny_plan(breaths=(1.0, 0.9)))
