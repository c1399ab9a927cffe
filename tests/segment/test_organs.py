"""The ways to find an organ, and masks that are given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from eupnea.errors import ModelError, Refusal, UsageError
from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment import find_organ
from eupnea.volume import Volume


@pytest.fixture
def scan() -> Scan:
    """A block of air."""
    grid = Geometry.regular(shape=(6, 5, 4), spacing_mm=(3.0, 2.0, 2.0))
    volume = Volume(voxels=np.full(grid.shape, -850, np.int16), geometry=grid)
    return Scan(volume=volume, native=grid, acquired_at=datetime(2020, 1, 1, tzinfo=UTC))


def write_mask(scan: Scan, path: Path, voxels: np.ndarray) -> Path:
    """A mask on the scan's grid, as NIfTI (RAS)."""
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine = to_ras @ scan.geometry.affine @ np.eye(4)[[2, 1, 0, 3]]
    nib.save(nib.Nifti1Image(voxels.T.astype(np.uint8), affine), path)
    return path


def test_a_given_mask_is_the_region_of_interest(scan: Scan, tmp_path: Path) -> None:
    """Voxel for voxel; the method says so."""
    drawn = np.zeros(scan.geometry.shape, bool)
    drawn[1:4, 2, 1:3] = True
    path = write_mask(scan, tmp_path / "lungs.nii.gz", drawn)
    organ = find_organ(normal="density-baseline", roi=[path])
    assert organ.roi_method.name == "given-mask"
    assert np.array_equal(organ.find_roi(scan).mask.voxels, drawn)


def test_the_mask_of_a_scan_is_known_by_its_grid(scan: Scan, tmp_path: Path) -> None:
    """Of several masks the one on the scan's grid is taken; none, or two, are refused."""
    drawn = np.ones(scan.geometry.shape, bool)
    fitting = write_mask(scan, tmp_path / "this.nii.gz", drawn)
    other = write_mask(scan, tmp_path / "other.nii.gz", drawn[:4])
    organ = find_organ(normal="density-baseline", roi=[other, fitting])
    assert organ.find_roi(scan).mask.voxel_count == drawn.size
    with pytest.raises(Refusal, match="GEOMETRY_MISMATCH"):
        find_organ(normal="density-baseline", roi=[other]).find_roi(scan)
    with pytest.raises(UsageError, match="this"):
        find_organ(normal="density-baseline", roi=[fitting, fitting]).find_roi(scan)


def test_an_empty_mask_is_refused(scan: Scan, tmp_path: Path) -> None:
    """No organ was drawn."""
    path = write_mask(scan, tmp_path / "empty.nii.gz", np.zeros(scan.geometry.shape, bool))
    with pytest.raises(Refusal, match="LABEL_INVALID"):
        find_organ(normal="density-baseline", roi=[path]).find_roi(scan)


def test_unknown_names_are_wrong_usage(tmp_path: Path) -> None:
    """Organ, method, and a model beside a method."""
    with pytest.raises(UsageError, match="liver"):
        find_organ("liver")
    with pytest.raises(UsageError, match="density-baseline"):
        find_organ(normal="magic")
    with pytest.raises(UsageError, match="both"):
        find_organ(normal="density-baseline", weights=tmp_path)
    with pytest.raises(ModelError, match="one ONNX file"):
        find_organ(weights=tmp_path)
