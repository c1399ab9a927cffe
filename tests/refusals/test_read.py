"""One input for each reason to refuse reading."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import check, read_mask, read_timeline
from eupnea.read.remedies import REMEDIES
from support.ct import chest_hu, ct_series, put, save, set_pixels
from support.nifti import save_nifti

Maker = Callable[[Path], list[Path]]
MAKERS: dict[RefusalCode, Maker] = {}


def makes(code: RefusalCode) -> Callable[[Maker], Maker]:
    """Registers a function that writes an input to be refused with this code."""

    def register(maker: Maker) -> Maker:
        MAKERS[code] = maker
        return maker

    return register


@makes(RefusalCode.SOURCE_MISSING)
def _no_such_path(folder: Path) -> list[Path]:
    return [folder / "nowhere"]


@makes(RefusalCode.SOURCE_UNREADABLE)
def _cut_off_file(folder: Path) -> list[Path]:
    save(ct_series(), folder / "ct")
    victim = folder / "ct" / "IM0003.dcm"
    victim.write_bytes(victim.read_bytes()[:-100])
    return [folder / "ct"]


@makes(RefusalCode.SOURCE_TOO_LARGE)
def _zip_bomb(folder: Path) -> list[Path]:
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    return [folder / "bomb.zip"]


@makes(RefusalCode.SOURCE_UNSAFE)
def _climbing_zip(folder: Path) -> list[Path]:
    with zipfile.ZipFile(folder / "climb.zip", "w") as archive:
        archive.writestr("../outside", b"canary")
    return [folder / "climb.zip"]


@makes(RefusalCode.NO_CT)
def _empty_folder(folder: Path) -> list[Path]:
    (folder / "ct").mkdir()
    return [folder / "ct"]


@makes(RefusalCode.NOT_HU)
def _stored_values_without_rescale(folder: Path) -> list[Path]:
    return [save(ct_series(RescaleSlope=None, RescaleIntercept=None), folder / "ct")]


@makes(RefusalCode.NO_GEOMETRY)
def _no_positions(folder: Path) -> list[Path]:
    return [save(ct_series(ImagePositionPatient=None), folder / "ct")]


@makes(RefusalCode.BAD_AFFINE)
def _affine_of_nan(folder: Path) -> list[Path]:
    return [save_nifti(folder / "ct.nii.gz", srow_x=np.nan)]


@makes(RefusalCode.BAD_SHAPE)
def _four_dimensions(folder: Path) -> list[Path]:
    return [save_nifti(folder / "ct.nii.gz", dim=[4, 16, 12, 8, 2, 1, 1, 1])]


@makes(RefusalCode.NIFTI_TRUNCATED)
def _cut_off_nifti(folder: Path) -> list[Path]:
    path = save_nifti(folder / "ct.nii")
    path.write_bytes(path.read_bytes()[:-10])
    return [path]


@makes(RefusalCode.SLICES_MISSING)
def _gap(folder: Path) -> list[Path]:
    slices = ct_series()
    del slices[6]
    return [save(slices, folder / "ct")]


@makes(RefusalCode.SLICES_UNEVEN)
def _spacing_that_changes(folder: Path) -> list[Path]:
    slices = ct_series(spacing_mm=(4.0, 20.0, 20.0))
    for k, one in enumerate(slices[8:]):
        one.ImagePositionPatient[2] = -300 + 4 * 7 + 10 * (k + 1)
    return [save(slices, folder / "ct")]


@makes(RefusalCode.SLICES_TOO_FEW)
def _nine_slices(folder: Path) -> list[Path]:
    return [save(ct_series()[:9], folder / "ct")]


@makes(RefusalCode.SPACING_TOO_COARSE)
def _twelve_mm_apart(folder: Path) -> list[Path]:
    return [save(ct_series(spacing_mm=(12.0, 20.0, 20.0)), folder / "ct")]


@makes(RefusalCode.DUPLICATE_POSITION)
def _two_images_at_one_place(folder: Path) -> list[Path]:
    slices = ct_series()
    twin = ct_series()[5]
    set_pixels(twin, chest_hu()[6])
    put(twin, SOPInstanceUID="1.2.3")
    return [save([*slices, twin], folder / "ct")]


@makes(RefusalCode.SERIES_MIXED)
def _two_pixel_spacings_in_turn(folder: Path) -> list[Path]:
    slices = ct_series(hu=chest_hu((24, 12, 16)), spacing_mm=(5.0, 20.0, 20.0))
    for one in slices[1::2]:
        put(one, PixelSpacing=[19.0, 19.0])
    return [save(slices, folder / "ct")]


@makes(RefusalCode.PATIENT_MIXED)
def _two_patients_in_one_series(folder: Path) -> list[Path]:
    slices = ct_series()
    for one in slices[8:]:
        put(one, PatientID="case-8")
    return [save(slices, folder / "ct")]


@makes(RefusalCode.TIME_MISSING)
def _two_undated_images(folder: Path) -> list[Path]:
    return [save_nifti(folder / "a.nii.gz"), save_nifti(folder / "b.nii.gz")]


@makes(RefusalCode.TIME_INVALID)
def _two_studies_of_no_day(folder: Path) -> list[Path]:
    for name in "ab":
        slices = ct_series(study=name, AcquisitionDate="20241399", StudyDate="20240000")
        save(slices, folder / "ct" / name)
    return [folder / "ct"]


@makes(RefusalCode.TIME_EQUAL)
def _two_images_of_one_day(folder: Path) -> list[Path]:
    return [save_nifti(folder / f"{n}_2020-03-05.nii.gz") for n in "ab"]


@pytest.mark.parametrize("code", MAKERS, ids=str)
def test_it_is_refused_with_its_code(code: RefusalCode, tmp_path: Path) -> None:
    """Reading raises the code, with what was expected and found; `check` tells the same."""
    sources = MAKERS[code](tmp_path)
    with pytest.raises(Refusal) as caught:
        read_timeline(sources)
    assert caught.value.code is code, str(caught.value)
    assert caught.value.expected
    assert caught.value.found
    verdicts = check(sources)
    assert verdicts.is_refused
    assert str(verdicts.refusal) == str(caught.value)


def test_every_code_of_reading_has_its_input() -> None:
    """No refusal of this package goes untried, and each has a remedy."""
    assert set(MAKERS) | {RefusalCode.GEOMETRY_MISMATCH} == set(REMEDIES)


def test_a_mask_on_another_grid_is_refused(tmp_path: Path) -> None:
    """A mask that lies elsewhere is never laid over the scan."""
    (scan,) = read_timeline([save(ct_series(), tmp_path / "ct")]).timeline
    mask = save_nifti(tmp_path / "mask.nii.gz", srow_z=[0, 0, 10, -290])
    with pytest.raises(Refusal) as caught:
        read_mask(mask, scan)
    assert caught.value.code is RefusalCode.GEOMETRY_MISMATCH


def test_nothing_is_left_outside(tmp_path: Path) -> None:
    """A hostile archive writes no file anywhere below or beside its folder."""
    (tmp_path / "in").mkdir()
    archive = MAKERS[RefusalCode.SOURCE_UNSAFE](tmp_path / "in")
    with pytest.raises(Refusal):
        read_timeline(archive)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["climb.zip", "in"]
