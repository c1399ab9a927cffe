"""Motion: exact, invertible, free of folds, and of the planned size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eupnea.phantom.motion import Motion
from eupnea.phantom.plan import FIRST_SCAN, ScanPlan

Points = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

motions = st.builds(
    lambda seed, breath, size, shift: Motion.draw(
        ScanPlan(acquired_at=FIRST_SCAN, breath=breath, deformation_mm=size, shift_mm=shift),
        np.random.default_rng(seed),
    ),
    st.integers(0, 50),
    st.floats(0.8, 1.2),
    st.floats(0, 20),
    st.tuples(*[st.floats(-15, 15)] * 3),
)
chest_points = arrays(np.float64, (20, 3), elements=st.floats(-150, 150))


@settings(deadline=None)
@given(motions, chest_points)
def test_there_and_back_is_the_same_place(motion: Motion, points: Points) -> None:
    """from_reference undoes to_reference, up to the largest deformation promised."""
    back = motion.from_reference(motion.to_reference(points))
    np.testing.assert_allclose(back, points, atol=1e-6)


@settings(deadline=None)
@given(motions, chest_points)
def test_nothing_folds(motion: Motion, points: Points) -> None:
    """Tissue is stretched or squeezed, never turned inside out."""
    assert motion.expansion(points).min() > 0.1


@given(motions, st.tuples(*[st.floats(-100, 100)] * 3))
@settings(deadline=None)
def test_expansion_is_the_jacobian_determinant(
    motion: Motion, point: tuple[float, float, float]
) -> None:
    """The closed form agrees with central differences."""
    step = 1e-4
    moved = [
        motion.to_reference(np.array(point) + step * axis)
        - motion.to_reference(np.array(point) - step * axis)
        for axis in np.eye(3)
    ]
    numerical = np.linalg.det(np.array(moved) / (2 * step))
    assert motion.expansion(np.array(point)) == pytest.approx(numerical, rel=1e-3, abs=1e-4)


def test_a_plan_without_motion_moves_nothing() -> None:
    """A quiet scan lies in the reference space itself."""
    motion = Motion.draw(ScanPlan(acquired_at=FIRST_SCAN), np.random.default_rng(0))
    points = np.array([[0.0, 0.0, 0.0], [50.0, -40.0, -90.0]])
    np.testing.assert_allclose(motion.to_reference(points), points, atol=1e-9)


def test_the_deformation_has_the_planned_size() -> None:
    """The largest displacement in the chest is what the plan says."""
    plan = ScanPlan(acquired_at=FIRST_SCAN, deformation_mm=18.0)
    motion = Motion.draw(plan, np.random.default_rng(3))
    points = np.random.default_rng(4).uniform((-130, -90, -120), (130, 90, 120), size=(4000, 3))
    moved = np.linalg.norm(motion.to_reference(points) - points, axis=1)
    assert moved.max() == pytest.approx(18.0, rel=0.12)
