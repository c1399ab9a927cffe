"""What other readers get silently wrong: each series here is read right, or with its note."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from eupnea.errors import RefusalCode
from eupnea.read import Reading, check, read_timeline
from eupnea.scan import Scan
from support.ct import SHAPE, SPACING_MM, chest_hu, ct_series, put, save, set_pixels
from support.enhanced import enhanced


def reading_of(slices: Iterable[Dataset], folder: Path) -> Reading:
    """Saves the slices and reads the folder."""
    return read_timeline([save(slices, folder / "ct")])


def scan_of(slices: Iterable[Dataset], folder: Path) -> Scan:
    """The one scan among the slices."""
    (scan,) = reading_of(slices, folder).timeline
    return scan


def codes(scan: Scan) -> set[str]:
    """Codes of the scan's notes."""
    return {note.code for note in scan.notes}


def test_small_jitter_is_read_and_noted(tmp_path: Path) -> None:
    """Positions off by less than a hundredth of the spacing still make one even grid."""
    slices = ct_series()
    for k, one in enumerate(slices):
        one.ImagePositionPatient[2] += 0.04 * (-1) ** k
    scan = scan_of(slices, tmp_path)
    assert codes(scan) == {"SPACING_JITTER"}
    assert scan.geometry.spacing_mm[0] == pytest.approx(10.0, abs=0.01)


def test_positions_rounded_to_one_decimal_are_even(tmp_path: Path) -> None:
    """Slices 0.625 mm apart, written 0.6, 1.3, 1.9, are what they are."""
    hu = chest_hu((64, 12, 16))
    slices = ct_series(hu=hu, spacing_mm=(0.625, 20.0, 20.0))
    for one in slices:
        one.ImagePositionPatient[2] = round(float(one.ImagePositionPatient[2]), 1)
    scan = scan_of(slices, tmp_path)
    assert codes(scan) == {"SPACING_JITTER"}
    assert scan.geometry.spacing_mm[0] == pytest.approx(0.625, abs=0.002)


def test_a_copy_that_cannot_be_decoded_refuses_its_study_alone(tmp_path: Path) -> None:
    """Damage that a check comes upon is a refusal of the series, not of the timeline."""
    save(ct_series(study="a"), tmp_path / "ct" / "a")
    copy = ct_series(study="b", AcquisitionTime="13")[3]
    copy.PixelData = copy.PixelData[:-2]
    save([*ct_series(study="b", AcquisitionTime="13"), copy], tmp_path / "ct" / "b")
    (refused,) = read_timeline([tmp_path / "ct"]).refused
    assert refused.code == RefusalCode.SOURCE_UNREADABLE
    assert "b/IM0016.dcm" in refused.text


def test_equal_copies_are_dropped(tmp_path: Path) -> None:
    """A slice that was sent twice counts once."""
    slices = ct_series()
    scan = scan_of([*slices, *ct_series()[3:6]], tmp_path)
    assert scan.geometry.shape == SHAPE
    assert codes(scan) == {"DUPLICATES_DROPPED"}


def test_dropped_copies_are_accounted_for(tmp_path: Path) -> None:
    """Of two equal slices one is used, and the other says what it is."""
    files = reading_of([*ct_series(), ct_series()[3]], tmp_path).files
    assert [file.reason for file in files if not file.used] == ["copy of another slice"]


def test_a_localizer_under_the_same_series_is_left_out(tmp_path: Path) -> None:
    """A scout filed with the slices does not stretch the volume."""
    scout = ct_series()[0]
    put(
        scout,
        SOPInstanceUID="1.2.3",
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
        ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
        ImagePositionPatient=[0, -120, 400],
    )
    scan = scan_of([*ct_series(), scout], tmp_path)
    assert scan.geometry.shape == SHAPE
    assert scan.geometry.spacing_mm == SPACING_MM


def test_other_objects_of_the_study_are_set_aside(tmp_path: Path) -> None:
    """Dose screens, colour summaries, projections and reformats are named as what they are."""
    spoiled: dict[str, dict[str, Any]] = {
        "screen": {"SOPClassUID": SecondaryCaptureImageStorage},
        "colour": {"SamplesPerPixel": 3},
        "projection": {"ImageType": ["DERIVED", "SECONDARY", "MIP"]},
        "coronal": {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]},
        "map": {"RescaleType": "Z_EFF"},
        "mr": {"Modality": "MR"},
    }
    for name, attributes in spoiled.items():
        others = ct_series(series=name)[:1]
        put(others[0], **attributes)
        save(others, tmp_path / "ct" / name)
    reading = reading_of(ct_series(), tmp_path)
    reasons = {file.path.split("/")[1]: file.reason for file in reading.files if not file.used}
    assert reasons == {
        "screen": "not a CT image: Secondary Capture Image Storage",
        "colour": "colour picture",
        "projection": "derived summary, not a slice",
        "coronal": "sagittal or coronal reformat",
        "map": "its values are not Hounsfield units (RescaleType)",
        "mr": "not a CT image: another modality",
    }


def test_each_slice_has_its_own_rescale(tmp_path: Path) -> None:
    """Slope and intercept may differ from slice to slice; the Hounsfield units do not."""
    slices = ct_series()
    for k, one in enumerate(slices):
        set_pixels(one, chest_hu()[k], slope=0.5 + (k % 3) / 2, intercept=-1024 - 30 * (k % 2))
    hu = scan_of(slices, tmp_path).hu
    assert np.abs(hu.astype(int) - chest_hu()).max() <= 1


def test_values_without_rescale_are_proven_by_their_air(tmp_path: Path) -> None:
    """Stored Hounsfield units without rescale attributes are read, since their air shows it."""
    slices = ct_series()
    for one, plane in zip(slices, chest_hu(), strict=True):
        one.PixelData = plane.astype("<i2").tobytes()
        put(one, PixelRepresentation=1, RescaleSlope=None, RescaleIntercept=None)
    scan = scan_of(slices, tmp_path)
    np.testing.assert_array_equal(scan.hu, chest_hu())
    assert codes(scan) == {"RESCALE_ABSENT"}


@pytest.mark.parametrize("declared", [True, False])
def test_padding_is_masked_and_set_to_air(tmp_path: Path, *, declared: bool) -> None:
    """What lies outside the round field of view is no measurement, declared or not."""
    hu = chest_hu()
    hu[:, :2, :2] = -2000
    slices = ct_series()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1, PixelPaddingValue=-976 if declared else None)
    scan = scan_of(slices, tmp_path)
    assert scan.padding is not None
    np.testing.assert_array_equal(scan.padding.voxels, hu == -2000)
    np.testing.assert_array_equal(scan.hu, np.where(hu == -2000, -1024, hu))


def test_a_range_of_padding_is_masked_whole(tmp_path: Path) -> None:
    """Values between the padding value and its limit hold no measurement, and weigh nowhere."""
    hu = chest_hu()
    hu[:, :2, :2] = np.linspace(-3024, -2000, 4).reshape(2, 2)
    slices = ct_series()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1, PixelPaddingValue=-2000, PixelPaddingRangeLimit=-976)
    scan = scan_of(slices, tmp_path)
    assert scan.padding is not None
    np.testing.assert_array_equal(scan.padding.voxels, hu <= -2000)
    measured = ~scan.padding.voxels
    assert scan.hu[measured].mean() == chest_hu()[measured].mean()


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, None])
def test_padding_of_the_wrong_sign_is_understood(tmp_path: Path, syntax: UID | None) -> None:
    """A padding value written as unsigned, or without a type, still meets signed pixels."""
    hu = chest_hu()
    hu[:, :2, :2] = -3024
    slices = ct_series()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1)
        one.add_new("PixelPaddingValue", "US", 65536 - 2000)
        if syntax is not None:
            one.file_meta.TransferSyntaxUID = syntax
    padding = scan_of(slices, tmp_path).padding
    assert padding is not None
    np.testing.assert_array_equal(padding.voxels, hu == -3024)


def test_twelve_bits_of_either_sign(tmp_path: Path) -> None:
    """Bits above the high bit do not count, and the sign is carried on."""
    hu = np.clip(chest_hu(), -1000, 1000)
    slices = ct_series()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane & 0x0FFF).astype("<u2").tobytes()
        put(one, PixelRepresentation=1, BitsStored=12, HighBit=11, RescaleIntercept=0)
    np.testing.assert_array_equal(scan_of(slices, tmp_path).hu, hu)


def test_monochrome1_is_not_inverted(tmp_path: Path) -> None:
    """How an image is shown does not change its Hounsfield units."""
    scan = scan_of(ct_series(PhotometricInterpretation="MONOCHROME1"), tmp_path)
    np.testing.assert_array_equal(scan.hu, chest_hu())
    assert codes(scan) == {"MONOCHROME1"}


@pytest.mark.parametrize(
    ("position", "directions", "step"),
    [
        ("FFS", (-1, 0, 0, 0, 1, 0), (0, 0, -10)),
        ("HFP", (-1, 0, 0, 0, -1, 0), (0, 0, 10)),
        ("FFP", (1, 0, 0, 0, -1, 0), (0, 0, -10)),
        ("HFDR", (0, 1, 0, -1, 0, 0), (0, 0, 10)),
    ],
)
def test_the_patient_may_lie_in_any_way(
    tmp_path: Path,
    position: str,
    directions: tuple[float, ...],
    step: tuple[float, ...],
) -> None:
    """The same tissue comes out at the same place, and goes back to the source's order."""
    cube = (SPACING_MM[0],) * 3
    slices = ct_series(spacing_mm=cube, directions=directions, step=step, PatientPosition=position)
    scan = scan_of(slices, tmp_path)
    native = scan.to_native(scan.hu)
    index = np.argwhere(native > 55)
    found = np.argwhere(scan.hu > 55)
    assert scan.geometry.is_canonical
    np.testing.assert_allclose(
        np.sort(scan.native.to_mm(index), axis=0), np.sort(scan.geometry.to_mm(found), axis=0)
    )
    row, column = np.array(directions[:3]), np.array(directions[3:])
    k, j, i = np.argwhere(chest_hu() > 55)[0]
    place = np.array([-100, -120, -300]) + 10 * (i * row + j * column) + k * np.array(step)
    nearest = tuple(np.rint(scan.geometry.to_index(place)).astype(int))
    assert scan.hu[nearest] == chest_hu()[k, j, i]


def test_instance_numbers_have_no_say(tmp_path: Path) -> None:
    """Slices are ordered by where they lie."""
    slices = ct_series()
    for one in slices:
        one.InstanceNumber = 1
    np.testing.assert_array_equal(scan_of(slices[::-1], tmp_path).hu, chest_hu())


def test_phases_of_one_series_are_told_apart(tmp_path: Path) -> None:
    """Two acquisitions under one series give one of them, not slices of both."""
    second = ct_series(AcquisitionNumber=2)
    for k, one in enumerate(second):
        put(one, SOPInstanceUID=f"1.2.{k}")
        set_pixels(one, chest_hu()[k] + 7)
    scan = scan_of([*ct_series(), *second], tmp_path)
    assert scan.geometry.shape == SHAPE
    assert len(np.unique(scan.hu - chest_hu())) == 1


def test_stray_slices_do_not_spoil_a_series(tmp_path: Path) -> None:
    """A single image of another size is left out, and accounted for."""
    stray = ct_series()[0]
    put(stray, SOPInstanceUID="1.2.3", ImagePositionPatient=[0, 0, -800])
    set_pixels(stray, np.zeros((4, 4)))
    reading = reading_of([*ct_series(), stray], tmp_path)
    assert reading.timeline.scans[0].geometry.shape == SHAPE
    assert sum(not file.used for file in reading.files) == 1


@pytest.mark.parametrize("seed", range(3))
def test_multiframe_equals_single_frames(tmp_path: Path, seed: int) -> None:
    """An enhanced CT gives the voxels, grid and time of its slices, frames in any order."""
    plain = scan_of(ct_series(), tmp_path / "plain")
    order = np.random.default_rng(seed).permutation(SHAPE[0]).tolist()
    scan = scan_of([enhanced(ct_series(), order)], tmp_path / "multi")
    np.testing.assert_array_equal(scan.hu, plain.hu)
    assert scan.geometry.is_close(plain.geometry)
    assert scan.acquired_at == plain.acquired_at
    assert scan.acquisition.kernel == "B30f"
    assert len(scan.provenance.dicom) == 1


@pytest.mark.parametrize(
    "syntax",
    [RLELossless, JPEGLSLossless, JPEG2000Lossless, DeflatedExplicitVRLittleEndian],
    ids=lambda syntax: syntax.keyword,
)
def test_lossless_compression_changes_nothing(tmp_path: Path, syntax: UID) -> None:
    """Each syntax decodes to the very voxels."""
    hu = chest_hu((16, 48, 64))
    slices = ct_series(hu=hu)
    for one in slices:
        if syntax == DeflatedExplicitVRLittleEndian:
            one.file_meta.TransferSyntaxUID = syntax
        else:
            one.compress(syntax, generate_instance_uid=False)
    np.testing.assert_array_equal(scan_of(slices, tmp_path).hu, hu)


def test_a_deflated_bomb_is_refused(tmp_path: Path) -> None:
    """A file that inflates five-hundredfold is not inflated to the end, nor read."""
    slices = ct_series()
    put(slices[3], EncapsulatedDocument=bytes(80_000_000))
    for one in slices:
        one.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    folder = save(slices, tmp_path / "ct")
    assert (folder / "IM0003.dcm").stat().st_size < 200_000
    reading = {file.path: file.reason for file in check([folder]).files}
    assert reading["ct/IM0003.dcm"].startswith(RefusalCode.SOURCE_TOO_LARGE)


def test_lossy_compression_is_noted(tmp_path: Path) -> None:
    """Densities that a codec has changed carry a note."""
    slices = ct_series(LossyImageCompression="01")
    for one in slices:
        one.compress(JPEGLSNearLossless, jls_error=2, generate_instance_uid=False)
    scan = scan_of(slices, tmp_path)
    assert np.abs(scan.hu - chest_hu()).max() <= 2
    assert codes(scan) == {"LOSSY_COMPRESSION"}


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"BurnedInAnnotation": "YES"}, "BURNED_IN_TEXT"),
        ({"ImageType": ["DERIVED", "SECONDARY", "AXIAL"]}, "DERIVED_IMAGES"),
        ({"BodyPartExamined": "HEAD"}, "BODY_PART_OTHER"),
        ({"LongitudinalTemporalInformationModified": "MODIFIED"}, "DATES_MODIFIED"),
        ({"SliceThickness": 5}, "SLICE_GAPS"),
    ],
    ids=str,
)
def test_what_a_reader_must_know_is_said(
    tmp_path: Path, attributes: dict[str, Any], code: str
) -> None:
    """Each is read, with its note."""
    assert codes(scan_of(ct_series(**attributes), tmp_path)) == {code}


def test_a_file_that_ends_early_is_named(tmp_path: Path) -> None:
    """The refusal says which file is damaged, instead of a volume with one slice less."""
    folder = save(ct_series(study="a"), tmp_path / "a")
    victim = save(ct_series(study="b", AcquisitionTime="13"), tmp_path / "b") / "IM0015.dcm"
    victim.write_bytes(victim.read_bytes()[:-1])
    (refused,) = read_timeline([folder, tmp_path / "b"]).refused
    assert refused.code == RefusalCode.SOURCE_UNREADABLE
    assert "b/IM0015.dcm" in refused.text


def test_a_slice_whose_header_ends_early_is_named(tmp_path: Path) -> None:
    """The last slice is not dropped because its position is lost."""
    folder = save(ct_series(study="a"), tmp_path / "a")
    slices = ct_series(study="b", AcquisitionTime="13")
    for keyword in ("ImagePositionPatient", "Rows", "Columns", "PixelData"):
        del slices[-1][keyword]
    (refused,) = read_timeline([folder, save(slices, tmp_path / "b")]).refused
    assert refused.code == RefusalCode.NO_GEOMETRY
    assert "b/IM0015.dcm" in refused.text


def test_an_unreadable_file_beside_a_series_is_a_warning(tmp_path: Path) -> None:
    """A DICOM file of which nothing can be read may have been the last slice."""
    folder = save(ct_series(), tmp_path / "ct")
    (folder / "torn.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x02\0\x10\0UI\xff\xff")
    (scan,) = read_timeline([folder]).timeline
    assert codes(scan) == {"FILES_UNREADABLE"}
