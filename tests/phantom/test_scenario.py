"""Drawn patients: every history, lesions apart, and repeats in which nothing happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from eupnea.analysis import EventKind
from eupnea.geometry import Geometry
from eupnea.phantom import build, draw_plan, lung_points, repeat_plan
from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.build import ANATOMY, chance


def test_patients_live_through_every_kind_of_event() -> None:
    """Over a few patients each kind occurs."""
    grid = draw_plan(seed=0, small=True).grid.with_spacing((6.0, 5.4, 5.4))
    kinds: Counter[EventKind] = Counter()
    for seed in (1, 3):
        patient = build(replace(draw_plan(seed=seed, small=True), grid=grid, detail=0.05))
        kinds.update(event.kind for events in patient.events.values() for event in events)
    assert set(kinds) == set(EventKind)


@pytest.mark.parametrize("seed", range(6))
def test_lesions_of_different_stories_keep_apart(seed: int) -> None:
    """Foci are either partners of one kind or far from each other."""
    for one, two in combinations(draw_plan(seed=seed).lesions, 2):
        apart = np.linalg.norm(np.array(one.centre_mm) - two.centre_mm)
        reach = max(one.radius_mm) + max(two.radius_mm)
        assert apart > reach + 10 or one.radius_mm == two.radius_mm


def test_a_repeat_scan_changes_nothing(tiny_grid: Geometry) -> None:
    """Every true event is `stable`."""
    patient = build(replace(repeat_plan(seed=3, small=True), grid=tiny_grid, detail=0.05))
    assert {event.kind for event in patient.events[0, 1]} == {EventKind.STABLE}


def test_places_for_lesions_lie_in_the_lungs_of_that_patient() -> None:
    """`lung_points` knows the anatomy of the seed."""
    points = lung_points(seed=11, count=30, depth_mm=8)
    assert Anatomy.draw(chance(11, ANATOMY)).depth(points).min() > 8


def test_another_seed_is_another_patient() -> None:
    """Neither lesions nor breath are shared."""
    assert draw_plan(seed=1).lesions != draw_plan(seed=2).lesions
    assert draw_plan(seed=1).scans != draw_plan(seed=2).scans
