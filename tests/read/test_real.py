"""Real CT and real malformed files; nothing of them is kept here."""

from __future__ import annotations

import tarfile
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import check, read_mask, read_timeline
from support.limited import read_limited

pytestmark = pytest.mark.real


def unpack(archive: Path, folder: Path) -> Path:
    """Unpacks a corpus to a temporary folder."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder


def test_a_jpeg_lossless_series_is_read(real_data: Path) -> None:
    """The original series: its grid, time, kernel, and air and lung where they belong."""
    reading = read_timeline([real_data / "covid-ct-md" / "P001"])
    (scan,) = reading.timeline
    assert scan.geometry.shape == (148, 512, 512)
    assert scan.geometry.spacing_mm == (2.0, 0.748046875, 0.748046875)
    assert scan.geometry.origin_mm == (-172.1259765625, -328.1259765625, -346.1)
    assert scan.acquired_at.isoformat() == "2020-03-05T14:56:18.894903"
    assert scan.acquisition.kernel == "D40s"
    assert scan.notes == ()
    assert (scan.hu.min(), scan.hu.max()) == (-1024, 1563)
    assert abs(np.median(scan.hu[:, 0, :]) + 1000) < 30
    assert all(file.used for file in reading.files)


def test_nifti_made_of_dicom_is_read_as_others_read_it(real_data: Path) -> None:
    """Scaled bytes come out as nibabel scales them."""
    path = real_data / "lctsc" / "case000_ct.nii.gz"
    (scan,) = read_timeline([path]).timeline
    image = nibabel.load(path)
    expected = np.rint(np.asarray(image.dataobj)).astype(np.int16).transpose(2, 1, 0)
    np.testing.assert_array_equal(scan.to_native(scan.hu), expected)
    corner = image.affine @ [3, 5, 7, 1]
    np.testing.assert_allclose(scan.native.to_mm((7, 5, 3)), corner[:3] * [-1, -1, 1], atol=1e-3)


def test_a_mask_lies_on_its_scan(real_data: Path) -> None:
    """An expert's lung mask is read onto the scan that it was drawn on."""
    folder = real_data / "lctsc"
    (scan,) = read_timeline([folder / "case000_ct.nii.gz"]).timeline
    mask = read_mask(folder / "case000_lung.nii.gz", scan)
    assert 1000 < mask.volume_ml < 8000
    assert np.median(scan.hu[mask.voxels]) < -600
    with pytest.raises(Refusal) as caught:
        read_mask(folder / "case001_lung.nii.gz", scan)
    assert caught.value.code is RefusalCode.GEOMETRY_MISMATCH


@pytest.mark.parametrize(
    "name", ["elastix-pair/3DCT_lung_baseline.mha", "cip/ct-64/ct-64-transformed.nrrd"]
)
def test_other_formats_are_read_as_simpleitk_reads_them(real_data: Path, name: str) -> None:
    """Voxels and places are the same, padding aside."""
    (scan,) = read_timeline([real_data / name]).timeline
    image = sitk.ReadImage(str(real_data / name))
    expected = sitk.GetArrayFromImage(image)
    measured = np.ones(scan.hu.shape, bool) if scan.padding is None else ~scan.padding.voxels
    native = scan.to_native(scan.hu)
    np.testing.assert_array_equal(
        native[scan.to_native(measured)], expected[scan.to_native(measured)]
    )
    np.testing.assert_allclose(
        scan.native.to_mm((7, 5, 3)), image.TransformIndexToPhysicalPoint((3, 5, 7)), atol=1e-3
    )


def test_every_malformed_file_gives_a_value_or_a_refusal(real_data: Path, tmp_path: Path) -> None:
    """The fuzzing corpus: no other exception and no crash, within 2 s and 300 MB each."""
    corpus = unpack(real_data / "corpora" / "dicom-fuzzing-corpus-v2.tar.xz", tmp_path / "corpus")
    paths = sorted(path for path in corpus.rglob("*") if path.is_file())
    assert len(paths) > 300
    outcomes = read_limited(paths, tmp_path)
    assert len(outcomes) == len(paths)
    assert [one for one in outcomes if not one.is_orderly] == []


def test_real_tilt_and_uneven_slices_are_judged(real_data: Path, tmp_path: Path) -> None:
    """A head CT of uneven spacing is refused; localizers and directories are set aside."""
    corpus = unpack(real_data / "corpora" / "dcm_qa_ct-tilt.tar.xz", tmp_path)
    uneven = check([corpus / "In" / "GE"])
    assert uneven.refusal is not None
    assert uneven.refusal.code is RefusalCode.SLICES_UNEVEN
    head = read_timeline([corpus / "In" / "Philips"])
    assert {file.reason for file in head.files if not file.used} == {
        "localizer",
        "DICOM directory",
    }
    assert "BODY_PART_OTHER" in {note.code for note in head.timeline.scans[0].notes}
