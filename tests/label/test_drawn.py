"""Label files as drawing tools save them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.errors import Refusal
from eupnea.geometry import Geometry
from eupnea.label.drawn import Canvas, read_drawn
from eupnea.label.segment_file import segment_bytes
from eupnea.label.values import LabelValue
from eupnea.mask import Mask

GRID = Geometry.regular(shape=(6, 5, 4), spacing_mm=(3.0, 1.0, 2.0), origin_mm=(-4.0, 7.0, 30.0))


@pytest.fixture
def values() -> NDArray[np.uint8]:
    """A few abnormal voxels, unlike along each axis."""
    drawn = np.zeros(GRID.shape, np.uint8)
    drawn[1:4, 2:4, 3] = LabelValue.ABNORMAL
    return drawn


def test_segment_file_is_read_as_it_was_written(tmp_path: Path, values: NDArray[np.uint8]) -> None:
    """What is written for 3D Slicer comes back voxel by voxel."""
    path = tmp_path / "a.seg.nrrd"
    path.write_bytes(segment_bytes(values, GRID, LabelValue.ABNORMAL, organ="lung"))
    np.testing.assert_array_equal(read_drawn(path, GRID), values)


def test_cropped_segment_file_is_laid_where_it_belongs(
    tmp_path: Path, values: NDArray[np.uint8]
) -> None:
    """3D Slicer may save the box around a segment alone."""
    box = Mask(voxels=values > 0, geometry=GRID).box()
    path = tmp_path / "a.seg.nrrd"
    cropped = segment_bytes(values[box], GRID.crop(box), LabelValue.ABNORMAL, organ="lung")
    path.write_bytes(cropped)
    np.testing.assert_array_equal(read_drawn(path, GRID), values)


def test_segments_are_known_by_name(tmp_path: Path, values: NDArray[np.uint8]) -> None:
    """A drawing tool may number segments anew; names tell what they are."""
    content = segment_bytes(values // 2, GRID, LabelValue.ABNORMAL, organ="lung")
    path = tmp_path / "a.seg.nrrd"
    path.write_bytes(content.replace(b"LabelValue:=2", b"LabelValue:=1"))
    np.testing.assert_array_equal(read_drawn(path, GRID), values)
    path.write_bytes(
        content.replace(b"LabelValue:=2", b"LabelValue:=1").replace(b":=abnormal", b":=vessel")
    )
    with pytest.raises(Refusal, match="LABEL_INVALID"):
        read_drawn(path, GRID)


@pytest.mark.parametrize("shift", [(0.5, 0, 0), (0, 0, 3.0), (0, -40.0, 0)])
def test_another_grid_is_refused_not_resampled(
    tmp_path: Path,
    values: NDArray[np.uint8],
    shift: tuple[float, float, float],
) -> None:
    """Half a voxel aside, or beyond the scan, is another scan."""
    affine = GRID.affine.copy()
    affine[:3, 3] += shift
    path = tmp_path / "a.seg.nrrd"
    other = Geometry(shape=GRID.shape, affine=affine)
    path.write_bytes(segment_bytes(values, other, LabelValue.ABNORMAL, organ="lung"))
    with pytest.raises(Refusal, match="GEOMETRY_MISMATCH"):
        read_drawn(path, GRID)


def test_canvas_keeps_the_order_of_its_file(tmp_path: Path) -> None:
    """Labels go back to the file's order of axes, whatever it is."""
    affine = GRID.affine.copy()
    affine[:3, [0, 2]] *= -1
    native = Geometry(shape=GRID.shape, affine=affine)
    stored = np.zeros(GRID.shape, np.uint8)
    stored[0, 1, 2] = 1
    path = tmp_path / "roi.nrrd"
    path.write_bytes(segment_bytes(stored, native, LabelValue.NORMAL, organ="lung"))
    canvas = Canvas.read(path)
    assert canvas.roi.geometry.is_canonical
    again = tmp_path / "again.nii.gz"
    again.write_bytes(canvas.file_bytes(canvas.roi.voxels.view(np.uint8)))
    assert Canvas.read(again).native.is_close(native)
    np.testing.assert_array_equal(Canvas.read(again).roi.voxels, canvas.roi.voxels)
