"""Gantry tilt: upright again, without touching a value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eupnea.read import read_timeline
from eupnea.read.tilt import straighten
from eupnea.scan import Scan
from support.ct import ct_series, save

RADIUS_MM = 30.0
CENTRE_MM = np.array([3.0, 4.0, 5.0])
SPACING_MM = (3.0, 2.0, 2.0)
SHAPE = (44, 64, 60)


def sphere_scan(folder: Path, degrees: float) -> Scan:
    """A sphere of soft tissue in air, sampled where a tilted gantry puts its pixels."""
    angle = np.radians(degrees)
    down = np.array([0, np.cos(angle), np.sin(angle)])
    step = np.array([0, 0, SPACING_MM[0] / np.cos(angle)])
    origin = CENTRE_MM - step * (SHAPE[0] // 2) - 2 * (SHAPE[1] // 2) * down - [60, 0, 0]
    k, j, i = np.indices(SHAPE)
    points = (
        origin + k[..., None] * step + 2 * j[..., None] * down + 2 * i[..., None] * np.eye(3)[0]
    )
    inside = np.linalg.norm(points - CENTRE_MM, axis=-1) <= RADIUS_MM
    slices = ct_series(
        hu=np.where(inside, 40, -1000).astype(np.int16),
        spacing_mm=SPACING_MM,
        origin_mm=origin.tolist(),
        directions=[1, 0, 0, *down],
        step=step.tolist(),
    )
    (scan,) = read_timeline([save(slices, folder)]).timeline
    return scan


@pytest.mark.parametrize("degrees", [-18.5, 15.0])
def test_a_sphere_keeps_its_volume_and_place(tmp_path: Path, degrees: float) -> None:
    """Volume within 1 %, centre within half a voxel, and every value measured."""
    scan = sphere_scan(tmp_path, degrees)
    inside = scan.hu == 40
    volume = inside.sum() * scan.geometry.voxel_volume_ml
    centre = scan.geometry.to_mm(np.argwhere(inside)).mean(axis=0)
    assert volume == pytest.approx(4 / 3 * np.pi * RADIUS_MM**3 / 1000, rel=0.01)
    assert np.abs(centre - CENTRE_MM).max() <= 1.0
    assert set(np.unique(scan.hu)) == {-1024, -1000, 40}
    assert [note.code for note in scan.notes] == ["TILT_STRAIGHTENED"]


def test_what_the_shift_uncovers_is_padding(tmp_path: Path) -> None:
    """The corners that no slice covers hold no measurement."""
    scan = sphere_scan(tmp_path, 15.0)
    assert scan.padding is not None
    np.testing.assert_array_equal(scan.padding.voxels, scan.hu == -1024)


def test_an_upright_stack_is_left_alone() -> None:
    """Without a lean there is nothing to do."""
    upright = straighten(
        axes=np.eye(3)[:, ::-1],
        step_mm=np.array([0, 0, 2.0]),
        origin_mm=np.zeros(3),
        shape=(4, 4, 4),
    )
    assert upright is None
