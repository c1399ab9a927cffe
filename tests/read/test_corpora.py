"""Test files of other libraries: a value or a refusal, soon and without much memory."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import (
    HTJ2K,
    MPEG2MPML,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGLosslessSV1,
)

from eupnea.read import Limits, check
from eupnea.read.ct_slice import slices_of
from eupnea.read.dicom_file import read_header
from eupnea.read.foreign import quietly
from eupnea.read.pixels import PixelReader, hounsfield
from eupnea.read.source_file import SourceFile
from support import htj2k
from support.ct import chest_hu, ct_series, put, save
from support.jpeg_lossless import encode
from support.limited import READ, read_limited


def files_of(package: Path, part: str) -> list[Path]:
    """The data files of an installed package."""
    inside = sorted(path for path in package.rglob("*") if f"/{part}/" in path.as_posix())
    return [path for path in inside if path.is_file() and path.suffix not in {".py", ".pyc"}]


@pytest.mark.parametrize("name", ["pydicom", "nibabel", "pydicom-data"])
def test_every_file_gives_a_value_or_a_refusal(name: str, tmp_path: Path) -> None:
    """No exception but ours, no crash, 2 s and 300 MB at most; good files are decoded."""
    if name == "pydicom-data":
        store = pytest.importorskip("data_store", reason="pydicom-data is not installed (PyPI)")
        paths = files_of(Path(store.__file__).parent, "data")
    else:
        package = {"pydicom": pydicom, "nibabel": nibabel}[name]
        paths = files_of(Path(str(package.__file__)).parent, "data")
    assert len(paths) > 60
    outcomes = read_limited(paths, tmp_path)
    assert len(outcomes) == len(paths)
    assert [one for one in outcomes if not one.is_orderly] == []
    assert sum(one.status == READ for one in outcomes) > 10


def values_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Hounsfield units of a one-slice file."""
    file = SourceFile(name=path.name, path=path)
    with quietly():
        (one,) = slices_of(file, read_header(file, limits=Limits()))
        assert one.rescale is not None
        return hounsfield(PixelReader(limits=Limits()).stored(one), one.rescale)


def public(name: str) -> Path:
    """A file of pydicom's collection; skips where the larger part of it is not installed."""
    pytest.importorskip("data_store", reason="pydicom-data is not installed (PyPI)")
    return Path(str(get_testdata_file(name, download=False)))


@pytest.mark.parametrize("kind", ["R", "I"])
def test_a_public_pair_of_one_slice_is_one_slice(kind: str) -> None:
    """Working group 4's CT, compressed (with and without loss), is what it was unpacked to."""
    packed, plain = values_of(public(f"693_J2K{kind}.dcm")), values_of(public(f"693_UNC{kind}.dcm"))
    np.testing.assert_array_equal(packed, plain)
    assert len(np.unique(plain)) > 1000


def test_a_public_enhanced_ct_is_understood() -> None:
    """Its two frames lie where they say; being a perfusion map, it is no scan."""
    path = public("eCT_Supplemental.dcm")
    file = SourceFile(name=path.name, path=path)
    frames = slices_of(file, read_header(file, limits=Limits()))
    heights = [one.plane.position_mm[2] for one in frames if one.plane is not None]
    assert heights == [-159.0, -149.0]
    assert PixelReader(limits=Limits()).stored(frames[1]).shape == (512, 512)
    verdicts = check([path])
    assert [file.reason for file in verdicts.files] == ["derived summary, not a slice"]


def test_jpeg_lossless_is_decoded_exactly(tmp_path: Path) -> None:
    """The most common compression in archives, from an encoder written for this test."""
    slices = ct_series()
    for one, plane in zip(slices, chest_hu(), strict=True):
        one.PixelData = encapsulate([encode((plane + 1024).astype(np.uint16))])
        one["PixelData"].is_undefined_length = True
        one.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    folder = save(slices[:1], tmp_path)
    np.testing.assert_array_equal(values_of(folder / "IM0000.dcm"), chest_hu()[0])


@pytest.mark.parametrize(
    "syntax", [HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL], ids=lambda uid: uid.name
)
@pytest.mark.parametrize("signed", [False, True])
def test_high_throughput_jpeg_2000_is_decoded_exactly(
    tmp_path: Path, syntax: UID, *, signed: bool
) -> None:
    """Streams of another encoder (OpenJPH) give the very values, with and without a sign."""
    hu = htj2k.plane_hu()
    (one,) = ct_series(hu=hu[None])
    one.PixelData = encapsulate([htj2k.SIGNED if signed else htj2k.UNSIGNED])
    one["PixelData"].is_undefined_length = True
    one.file_meta.TransferSyntaxUID = syntax
    intercept = 0 if signed else htj2k.INTERCEPT
    put(one, BitsStored=16, HighBit=15, PixelRepresentation=int(signed), RescaleIntercept=intercept)
    np.testing.assert_array_equal(values_of(save([one], tmp_path) / "IM0000.dcm"), hu)


@pytest.mark.parametrize(
    "syntax", [JPEG2000Lossless, HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL], ids=lambda uid: uid.name
)
def test_a_decoder_comes_with_the_installation(syntax: UID) -> None:
    """No syntax of CT needs a plugin that the package does not require."""
    assert get_decoder(syntax).is_available


def test_a_missing_decoder_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation that lost its plugins says what to install."""
    slices = ct_series()
    for one in slices:
        one.file_meta.TransferSyntaxUID = JPEG2000Lossless
        one.PixelData = encapsulate([b"\0\0"])
    monkeypatch.setattr(Decoder, "is_available", False)
    assert "pip install pylibjpeg" in str(check([save(slices, tmp_path)]).refusal)


def test_a_syntax_without_decoder_is_named(tmp_path: Path) -> None:
    """The refusal says which compression cannot be decoded."""
    slices = ct_series()
    for one in slices:
        one.file_meta.TransferSyntaxUID = MPEG2MPML
        one.PixelData = encapsulate([b"\0\0"])
    verdicts = check([save(slices, tmp_path)])
    assert "MPEG2" in str(verdicts.refusal)
