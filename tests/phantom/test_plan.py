"""Plans that cannot be built are refused when they are made."""

from __future__ import annotations

import pytest

from eupnea.errors import UsageError
from eupnea.phantom import LesionKind, LesionPlan, PatientPlan, ScanPlan, chest_grid
from eupnea.phantom.plan import FIRST_SCAN


def test_a_patient_needs_a_scan() -> None:
    """An empty plan is a mistake, not an empty patient."""
    with pytest.raises(UsageError, match="at least one scan"):
        PatientPlan(seed=1, scans=())


def test_a_lesion_needs_a_radius_for_each_scan() -> None:
    """Radii and scans are told apart by nothing but their number."""
    lesion = LesionPlan(kind=LesionKind.NODULE, centre_mm=(0, 0, 0), radius_mm=(5.0, 6.0))
    with pytest.raises(UsageError, match="1 radii"):
        PatientPlan(seed=1, scans=(ScanPlan(acquired_at=FIRST_SCAN),), lesions=(lesion,))


def test_a_radius_is_not_negative() -> None:
    """Absent is 0."""
    with pytest.raises(UsageError, match="0 or more"):
        LesionPlan(kind=LesionKind.NODULE, centre_mm=(0, 0, 0), radius_mm=(-1.0,))


def test_the_grid_lies_around_the_middle_of_the_chest() -> None:
    """Its first and last voxels are opposite each other."""
    grid = chest_grid(shape=(10, 20, 30), spacing_mm=(3.0, 2.0, 1.0))
    assert (grid.to_mm((0, 0, 0)) == -grid.to_mm((9, 19, 29))).all()
    assert grid.is_canonical
