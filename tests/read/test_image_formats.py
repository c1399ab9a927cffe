"""MetaImage and NRRD: the same as another reader gives, and no other file is ever opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import read_timeline
from eupnea.read.image_file import is_image_name
from support.ct import chest_hu

ANGLE = 0.3


def save_image(path: Path, *, compress: bool = False, voxel_type: int = sitk.sitkInt16) -> Path:
    """Writes the small chest, turned about the long axis, with SimpleITK."""
    image = sitk.Cast(sitk.GetImageFromArray(chest_hu()), voxel_type)
    image.SetSpacing((20, 19, 10))
    image.SetOrigin((-100, -120, -300))
    cosine, sine = np.cos(ANGLE), np.sin(ANGLE)
    image.SetDirection((cosine, -sine, 0, sine, cosine, 0, 0, 0, 1))
    sitk.WriteImage(image, str(path), useCompression=compress)
    return path


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", ["ct.mha", "ct.nrrd", "ct.nii.gz"])
def test_voxels_and_places_are_those_of_simpleitk(
    tmp_path: Path, name: str, *, compress: bool
) -> None:
    """An oblique image lies where SimpleITK says."""
    path = save_image(tmp_path / name, compress=compress)
    (scan,) = read_timeline([path]).timeline
    image = sitk.ReadImage(str(path))
    np.testing.assert_array_equal(scan.hu, sitk.GetArrayFromImage(image))
    expected = image.TransformIndexToPhysicalPoint((3, 5, 7))
    np.testing.assert_allclose(scan.geometry.to_mm((7, 5, 3)), expected, atol=1e-3)


@pytest.mark.parametrize("voxel_type", [sitk.sitkInt32, sitk.sitkFloat32, sitk.sitkFloat64])
@pytest.mark.parametrize("name", ["ct.mha", "ct.nrrd"])
def test_any_number_type_is_read(tmp_path: Path, name: str, voxel_type: int) -> None:
    """Wide integers and floats hold the same values."""
    (scan,) = read_timeline([save_image(tmp_path / name, voxel_type=voxel_type)]).timeline
    np.testing.assert_array_equal(scan.hu, chest_hu())


@pytest.mark.parametrize("name", ["ct.mhd", "ct.nhdr"])
def test_a_header_that_names_another_file_is_refused(tmp_path: Path, name: str) -> None:
    """Voxels are never read from where a header points to."""
    path = save_image(tmp_path / name)
    assert refusal_of(path) is RefusalCode.SOURCE_UNSAFE


@pytest.mark.parametrize("name", ["ct.mha", "ct.nrrd"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_cut_file_is_refused(tmp_path: Path, name: str, *, compress: bool) -> None:
    """Voxels that are not there are not made up."""
    path = save_image(tmp_path / name, compress=compress)
    path.write_bytes(path.read_bytes()[:-8])
    assert refusal_of(path) is RefusalCode.SOURCE_UNREADABLE


@pytest.mark.parametrize(
    ("name", "size"), [("ct.mha", b"DimSize = 16 12 16"), ("ct.nrrd", b"sizes: 16 12 16")]
)
def test_packed_voxels_are_held_to_their_ratio(tmp_path: Path, name: str, size: bytes) -> None:
    """A kilobyte that promises 150 MB is not inflated."""
    path = save_image(tmp_path / name, compress=True)
    raw = path.read_bytes()
    assert size in raw
    path.write_bytes(raw.replace(size, size.replace(b"16 12 16", b"500 500 300")))
    assert refusal_of(path) is RefusalCode.SOURCE_TOO_LARGE


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("ct.mha", b"DimSize = 16 12 16", b"DimSize = 99999 99999 9", RefusalCode.SOURCE_TOO_LARGE),
        ("ct.mha", b"DimSize = 16 12 16", b"DimSize = 16 12 0", RefusalCode.BAD_SHAPE),
        ("ct.mha", b"MET_SHORT", b"MET_ASCII", RefusalCode.SOURCE_UNREADABLE),
        ("ct.mha", b"ElementSpacing = 20", b"ElementSpacing = nan", RefusalCode.BAD_AFFINE),
        ("ct.nrrd", b"NRRD0004", b"JUNK0004", RefusalCode.SOURCE_UNREADABLE),
        ("ct.nrrd", b"left-posterior-superior", b"scanner-xyz", RefusalCode.NO_GEOMETRY),
        ("ct.nrrd", b"sizes: 16 12 16", b"sizes: 99999 99999 9", RefusalCode.SOURCE_TOO_LARGE),
        ("ct.nrrd", b"encoding: raw", b"encoding: hex", RefusalCode.SOURCE_UNREADABLE),
    ],
)
def test_a_malformed_header_is_refused(
    tmp_path: Path, name: str, old: bytes, new: bytes, code: RefusalCode
) -> None:
    """Each malformed field has its code."""
    path = save_image(tmp_path / name)
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new))
    assert refusal_of(path) is code


def test_names_decide_the_format() -> None:
    """Only names of known formats are images; the rest may be DICOM."""
    assert is_image_name("a.mha")
    assert not is_image_name("mha")


def refusal_of(path: Path) -> RefusalCode:
    """The code with which a file is refused."""
    with pytest.raises(Refusal) as caught:
        read_timeline([path])
    return caught.value.code
