"""Scans with more or less disease, and the organ that finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eupnea.organ import Organ
from support.sick import save_sick, thin_is_normal


@pytest.fixture
def organ() -> Organ:
    """Finds lungs between -900 and -200 HU, normal below -700 HU."""
    return thin_is_normal()


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[str, int], Path]:
    """Writes a scan with so many diseased rows, under a name."""
    return lambda name, rows: save_sick(tmp_path / "sources" / name, rows)
