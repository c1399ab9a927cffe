"""NIfTI: the good ones exactly, the malformed ones never."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import Limits, NiftiAffine, ReadOptions, read_timeline
from eupnea.read.nifti import read_nifti
from eupnea.read.options import MASK_LIMITS
from eupnea.read.source_file import SourceFile
from eupnea.scan import Scan
from support.ct import SPACING_MM, chest_hu, ct_series, save
from support.nifti import AFFINE, nifti_bytes, save_nifti


def scan_of(path: Path) -> Scan:
    """The scan in a file."""
    return read_timeline([path]).timeline.scans[0]


def refusal_of(path: Path) -> RefusalCode:
    """The code with which a file is refused."""
    with pytest.raises(Refusal) as caught:
        read_timeline([path])
    assert path.name in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("name", ["ct.nii", "ct.nii.gz"])
def test_voxels_and_places_are_those_of_dicom(tmp_path: Path, name: str) -> None:
    """A series and its conversion give the same canonical scan."""
    scan = scan_of(save_nifti(tmp_path / name))
    dicom = read_timeline([save(ct_series(), tmp_path / "dicom")]).timeline.scans[0]
    np.testing.assert_array_equal(scan.hu, chest_hu())
    assert scan.geometry.is_close(dicom.geometry)
    np.testing.assert_array_equal(scan.to_native(scan.hu).shape, scan.native.shape)


@pytest.mark.parametrize("codes", ["LPS", "RAI", "SPL", "ASR", "PIL"])
def test_any_order_of_axes_is_turned(tmp_path: Path, codes: str) -> None:
    """However the axes are stored, tissue comes out at its place."""
    image = nibabel.Nifti1Image(chest_hu().transpose(2, 1, 0), AFFINE)
    turn = nibabel.orientations.ornt_transform(
        nibabel.io_orientation(AFFINE), nibabel.orientations.axcodes2ornt(codes)
    )
    nibabel.save(image.as_reoriented(turn), tmp_path / "ct.nii")
    scan = scan_of(tmp_path / "ct.nii")
    np.testing.assert_array_equal(scan.hu, chest_hu())
    assert scan.geometry.origin_mm == (-100.0, -120.0, -300.0)


def test_scaling_is_applied_and_rounded(tmp_path: Path) -> None:
    """Stored bytes with slope 6 and intercept -1024 come out in Hounsfield units."""
    stored = ((chest_hu() + 1024) // 6).astype(np.uint8)
    scan = scan_of(save_nifti(tmp_path / "ct.nii.gz", stored, scl_slope=6, scl_inter=-1024))
    np.testing.assert_array_equal(scan.hu, stored.astype(int) * 6 - 1024)


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i4", ">i2"])
def test_any_number_type_is_read(tmp_path: Path, dtype: str) -> None:
    """Floats, wide integers and the other byte order hold the same values."""
    image = nibabel.Nifti1Image(
        chest_hu().transpose(2, 1, 0).astype(dtype),
        AFFINE,
        nibabel.Nifti1Header(endianness=dtype[0]),
    )
    image.set_data_dtype(np.dtype(dtype))
    nibabel.save(image, tmp_path / "ct.nii")
    np.testing.assert_array_equal(scan_of(tmp_path / "ct.nii").hu, chest_hu())


def test_nifti2_is_read(tmp_path: Path) -> None:
    """The wide header says the same."""
    nibabel.save(nibabel.Nifti2Image(chest_hu().transpose(2, 1, 0), AFFINE), tmp_path / "ct.nii")
    np.testing.assert_array_equal(scan_of(tmp_path / "ct.nii").hu, chest_hu())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"vox_offset": 10_000_000}, RefusalCode.NIFTI_TRUNCATED),
        ({"vox_offset": -50}, RefusalCode.NIFTI_TRUNCATED),
        ({"magic": b"bad"}, RefusalCode.SOURCE_UNREADABLE),
        ({"sizeof_hdr": 17}, RefusalCode.SOURCE_UNREADABLE),
        ({"datatype": 9999}, RefusalCode.SOURCE_UNREADABLE),
        ({"datatype": 128, "bitpix": 24}, RefusalCode.NOT_HU),
        ({"dim": [3, 32000, 32000, 32000, 1, 1, 1, 1]}, RefusalCode.SOURCE_TOO_LARGE),
        ({"dim": [3, 0, 12, 16, 1, 1, 1, 1]}, RefusalCode.BAD_SHAPE),
        ({"dim": [3, -16, 12, 16, 1, 1, 1, 1]}, RefusalCode.BAD_SHAPE),
        ({"dim": [2, 16, 12, 1, 1, 1, 1, 1]}, RefusalCode.BAD_SHAPE),
        ({"dim": [9, 16, 12, 16, 1, 1, 1, 1]}, RefusalCode.BAD_SHAPE),
        ({"srow_x": np.nan}, RefusalCode.BAD_AFFINE),
        ({"srow_x": np.inf}, RefusalCode.BAD_AFFINE),
        ({"srow_x": 0.0}, RefusalCode.BAD_AFFINE),
        ({"srow_x": [-20, 9, 0, 100]}, RefusalCode.BAD_AFFINE),
        ({"scl_slope": 0.001, "scl_inter": 0}, RefusalCode.NOT_HU),
    ],
    ids=str,
)
def test_a_malformed_header_is_refused(
    tmp_path: Path, fields: dict[str, Any], code: RefusalCode
) -> None:
    """Each malformed field has its code, before memory is taken."""
    assert refusal_of(save_nifti(tmp_path / "ct.nii", **fields)) is code


def test_a_cut_or_damaged_stream_is_refused(tmp_path: Path) -> None:
    """A compressed file that ends early, or whose checksum is wrong, is not read in part."""
    whole = gzip.compress(nifti_bytes(), 1)
    wrong_sum = whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]
    for n, raw in enumerate((whole[:-20], wrong_sum, gzip.compress(nifti_bytes()[:300], 1))):
        path = tmp_path / f"{n}.nii.gz"
        path.write_bytes(raw)
        assert refusal_of(path) is RefusalCode.NIFTI_TRUNCATED


def test_plain_bytes_under_a_compressed_name_are_refused(tmp_path: Path) -> None:
    """A name that ends in `.gz` promises a checksum."""
    path = tmp_path / "ct.nii.gz"
    path.write_bytes(nifti_bytes())
    assert refusal_of(path) is RefusalCode.SOURCE_UNREADABLE


@pytest.mark.parametrize("where", ["voxels", "behind them"])
def test_a_file_that_shrank_beyond_belief_is_not_inflated(tmp_path: Path, where: str) -> None:
    """A hundred kilobytes that become a hundred megabytes are refused by their ratio, unread."""
    size = 100_000_000
    vast = nifti_bytes(dim=[3, 500, 500, 200, 1, 1, 1, 1])[:352]
    packer = zlib.compressobj(wbits=31)
    raw = packer.compress(vast if where == "voxels" else nifti_bytes())
    path = tmp_path / "ct.nii.gz"
    path.write_bytes(raw + packer.compress(bytes(size)) + packer.flush())
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        assert refusal_of(path) is RefusalCode.SOURCE_TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < size / 5
    finally:
        tracemalloc.stop()


def test_a_mask_may_shrink_to_a_thousandth(tmp_path: Path) -> None:
    """What is a bomb among scans is a mask among masks."""
    path = tmp_path / "mask.nii.gz"
    path.write_bytes(gzip.compress(nifti_bytes(np.zeros((34, 1000, 1000), np.int16)), 1))
    file = SourceFile(name=path.name, path=path)
    assert read_nifti(file, limits=MASK_LIMITS).stored.shape == (34, 1000, 1000)
    with pytest.raises(Refusal):
        read_nifti(file, limits=Limits())


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """Inflating stops at the cap, whatever follows the voxels."""
    packer = zlib.compressobj(1, wbits=31)
    raw = packer.compress(nifti_bytes()) + packer.compress(bytes(3_000_000)) + packer.flush()
    path = tmp_path / "ct.nii.gz"
    path.write_bytes(raw)
    file = SourceFile(name=path.name, path=path)
    with pytest.raises(Refusal) as caught:
        read_nifti(file, limits=Limits(file_bytes=2_000_000))
    assert caught.value.code is RefusalCode.SOURCE_TOO_LARGE


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sform_code": 0, "qform_code": 0}, "ORIENTATION_UNKNOWN"),
        ({"scl_slope": np.inf}, "SCALING_INVALID"),
    ],
    ids=str,
)
def test_a_doubtful_header_is_read_with_a_note(
    tmp_path: Path, fields: dict[str, Any], code: str
) -> None:
    """What can be read but not trusted is said."""
    scan = scan_of(save_nifti(tmp_path / "ct_2020-03-05.nii", **fields))
    assert [note.code for note in scan.notes] == [code]


FOUR_DEGREES, MIRRORED = float(np.cos(np.radians(2))), 0.0
"""Last part of the quaternion that turns the qform away from the sform."""


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"qoffset_x": 50}, "differ by 0.0 degrees and up to 50.0 mm"),
        ({"quatern_d": FOUR_DEGREES}, "differ by 4.0 degrees and up to 26.0 mm"),
    ],
    ids=str,
)
def test_two_orientations_are_told_apart(
    tmp_path: Path, fields: dict[str, Any], difference: str
) -> None:
    """The sform is used, and the note says by how much the qform differs."""
    scan = scan_of(save_nifti(tmp_path / "ct_2020-03-05.nii", **fields))
    (note,) = scan.notes
    assert note.code == "ORIENTATION_AMBIGUOUS"
    assert difference in note.text
    assert scan.geometry.is_close(scan_of(save_nifti(tmp_path / "plain.nii")).geometry)


def test_exchanged_sides_are_refused_until_someone_chooses(tmp_path: Path) -> None:
    """Where sform and qform disagree on left and right, no default decides."""
    path = save_nifti(tmp_path / "ct_2020-03-05.nii", quatern_d=MIRRORED)
    assert refusal_of(path) is RefusalCode.BAD_AFFINE
    alone = scan_of(save_nifti(tmp_path / "q.nii", quatern_d=MIRRORED, sform_code=0))
    for choice, expected in (("qform", alone.hu), ("sform", chest_hu())):
        options = ReadOptions(nifti_affine=NiftiAffine(choice))
        (scan,) = read_timeline([path], options=options).timeline
        np.testing.assert_array_equal(scan.hu, expected)
        assert f"the {choice} was used" in scan.notes[0].text
    assert not np.array_equal(alone.hu, chest_hu())


def test_units_other_than_mm_are_converted(tmp_path: Path) -> None:
    """An affine in metres gives the same millimetres."""
    metres = {f"srow_{axis}": AFFINE[n] / 1000 for n, axis in enumerate("xyz")}
    scan = scan_of(save_nifti(tmp_path / "ct.nii", xyzt_units=1, qform_code=0, **metres))
    np.testing.assert_allclose(scan.geometry.spacing_mm, SPACING_MM, rtol=1e-5)


def test_dates_come_from_names(tmp_path: Path) -> None:
    """An unambiguous date in the file's name orders the scans."""
    paths = [
        save_nifti(tmp_path / "p_2021-04-01.nii.gz"),
        save_nifti(tmp_path / "p-20200305.nii.gz"),
    ]
    days = [scan.acquired_at.date().isoformat() for scan in read_timeline(paths).timeline]
    assert days == ["2020-03-05", "2021-04-01"]
