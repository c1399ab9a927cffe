"""Masks as NIfTI."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import SimpleITK
from nibabel.affines import apply_affine

from eupnea.analysis import Analysis
from eupnea.nifti_file import nifti_bytes
from eupnea.write.masks import write_masks


def test_voxels_lie_where_the_scan_has_them(analysis: Analysis, tmp_path: Path) -> None:
    """Every region's voxels, put through the file's affine, have the region's centroid."""
    found = analysis.scans[0]
    write_masks(found, tmp_path / "masks")
    image = nib.load(tmp_path / "masks" / "regions.nii.gz")
    labels = np.asarray(image.dataobj)
    for region in found.regions:
        points = apply_affine(image.affine, np.argwhere(labels == region.label))
        np.testing.assert_allclose(points.mean(axis=0) * [-1, -1, 1], region.centroid_mm, atol=1e-3)


def test_masks_lie_on_the_grid_of_the_source(analysis: Analysis, tmp_path: Path) -> None:
    """Array index (column, row, slice) of the file is that of the source."""
    found = analysis.scans[0]
    write_masks(found, tmp_path / "masks")
    roi = np.asarray(nib.load(tmp_path / "masks" / "roi.nii.gz").dataobj)
    native = found.scan.to_native(found.roi.mask.voxels)
    np.testing.assert_array_equal(roi, native.transpose(2, 1, 0))


def test_the_parts_make_the_whole(analysis: Analysis, tmp_path: Path) -> None:
    """Written normal and abnormal are disjoint, and together the region of interest."""
    write_masks(analysis.scans[0], tmp_path / "masks")
    roi, normal, abnormal, regions = (
        np.asarray(nib.load(tmp_path / "masks" / f"{name}.nii.gz").dataobj)
        for name in ("roi", "normal", "abnormal", "regions")
    )
    np.testing.assert_array_equal(roi, normal + abnormal)
    np.testing.assert_array_equal(abnormal, regions > 0)
    assert [mask.dtype.name for mask in (roi, regions)] == ["uint8", "uint16"]


def test_certainty_is_written_in_percent_where_it_is_known(
    analysis: Analysis, tmp_path: Path
) -> None:
    """Half of 255 is half of a hundred; a method that is never sure writes no file."""
    plain = analysis.scans[0]
    write_masks(replace(plain, certainty=None), tmp_path / "plain")
    assert not (tmp_path / "plain" / "certainty.nii.gz").exists()
    sure = np.zeros(plain.roi.mask.voxels.shape, np.uint8)
    sure[0, 0, :3] = 255, 128, 3
    write_masks(replace(plain, certainty=sure), tmp_path / "sure")
    written = np.asarray(nib.load(tmp_path / "sure" / "certainty.nii.gz").dataobj)
    expected = plain.scan.to_native(sure).transpose(2, 1, 0) / 2.55
    np.testing.assert_allclose(written, expected, atol=0.5)


def test_readers_agree_on_the_geometry(analysis: Analysis, tmp_path: Path) -> None:
    """Nibabel and SimpleITK read one grid: sform equals qform, in mm."""
    write_masks(analysis.scans[0], tmp_path / "masks")
    path = tmp_path / "masks" / "roi.nii.gz"
    image, other = nib.load(path), SimpleITK.ReadImage(str(path))
    np.testing.assert_allclose(image.get_sform(), image.get_qform(), atol=1e-5)
    assert image.header.get_xyzt_units()[0] == "mm"
    assert (int(image.header["sform_code"]), int(image.header["qform_code"])) == (1, 1)
    origin = np.array(other.GetOrigin()) * [-1, -1, 1]
    np.testing.assert_allclose(origin, image.affine[:3, 3], atol=1e-4)


def test_same_mask_same_bytes(analysis: Analysis) -> None:
    """Writing twice gives the same bytes, and no text of anybody."""
    found = analysis.scans[0]
    once, again = (
        nifti_bytes(found.scan.to_native(found.labels), found.scan.native) for _ in range(2)
    )
    assert once == again
    header = nib.Nifti1Image.from_bytes(gzip.decompress(once)).header
    assert bytes(header["descrip"]).strip(b"\0") == b""
