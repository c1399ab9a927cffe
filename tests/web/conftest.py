"""A plan of two images, and a server of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eupnea.label.plan import Thresholds
from eupnea.label.planning import plan_labels
from support.monai import Client, serving
from support.sick import save_sick, thin_is_normal


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of two images."""
    folder = tmp_path_factory.mktemp("served")
    sources = [save_sick(folder / "a.nii.gz", 1), save_sick(folder / "b.nii.gz", 4)]
    cuts = Thresholds(size_ml=200.0, count=3, fraction=0.05)
    plan_labels(sources, folder / "plan", organ=thin_is_normal(), thresholds=cuts)
    return folder / "plan"


@pytest.fixture
def client(plan: Path, tmp_path: Path) -> Iterator[Client]:
    """A client of a server without a token."""
    with serving(plan, tmp_path / "labels") as ready:
        yield ready
