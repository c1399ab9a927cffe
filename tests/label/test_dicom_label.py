"""Labels drawn as DICOM Segmentations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread

from eupnea.analysis import ScanAnalysis
from eupnea.errors import Refusal
from eupnea.label.drawn import read_drawn
from eupnea.label.values import LabelValue
from eupnea.pipeline import analyze
from eupnea.write.dicom.segmentation import SegmentationType, tissue_segmentation
from support.ct import ct_series, save
from support.sick import sick_hu, thin_is_normal


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sick chest as DICOM."""
    return save(ct_series(hu=sick_hu(2)), tmp_path_factory.mktemp("chest") / "series")


@pytest.fixture(scope="module")
def drawn(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ScanAnalysis, Path]:
    """A scan, and both of its sides as a DICOM Segmentation."""
    analysis = analyze([source], organ=thin_is_normal())
    found = analysis.scans[0]
    path = tmp_path_factory.mktemp("drawn") / "tissue.dcm"
    tissue_segmentation(analysis, found).save_as(path)
    labelmap = tissue_segmentation(analysis, found, kind=SegmentationType.LABELMAP)
    labelmap.save_as(path.with_name("labelmap.dcm"))
    return found, path


def sides(found: ScanAnalysis) -> NDArray[np.uint8]:
    """Normal and abnormal, as label values."""
    normal = found.normal.mask.voxels * np.uint8(LabelValue.NORMAL)
    return normal + found.abnormal.mask.voxels * np.uint8(LabelValue.ABNORMAL)


@pytest.mark.parametrize("name", ["tissue.dcm", "labelmap.dcm"])
def test_both_sides_are_read_voxel_by_voxel(drawn: tuple[ScanAnalysis, Path], name: str) -> None:
    """Normal is normal, each numbered region is abnormal; empty planes are not in the file."""
    found, path = drawn
    grid = found.scan.geometry
    read = read_drawn(path.with_name(name), grid)
    np.testing.assert_array_equal(read, sides(found))
    assert dcmread(path).NumberOfFrames < 2 * grid.shape[0]


def test_half_of_a_voxel_is_enough(drawn: tuple[ScanAnalysis, Path], tmp_path: Path) -> None:
    """In a fractional segmentation, a voxel belongs to its segment from one half on."""
    found, path = drawn
    dataset = dcmread(path)
    shares = np.where(dataset.pixel_array > 0, 128, 127).astype(np.uint8)
    dataset.SegmentationType, dataset.MaximumFractionalValue = "FRACTIONAL", 255
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelData = shares.tobytes()
    dataset.save_as(tmp_path / "a.dcm")
    np.testing.assert_array_equal(read_drawn(tmp_path / "a.dcm", found.scan.geometry), sides(found))


def name_vessel(dataset: Dataset) -> None:
    """A segment that is neither side."""
    dataset.SegmentSequence[1].SegmentLabel = "vessel"


def move(dataset: Dataset) -> None:
    """Drawn half a pixel aside."""
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.PlanePositionSequence[0].ImagePositionPatient[0] += 10.0


def claim_twice(dataset: Dataset) -> None:
    """Both sides on one place."""
    dataset.SegmentSequence[1].SegmentLabel = "abnormal"
    frames = dataset.PerFrameFunctionalGroupsSequence
    place = frames[0].PlanePositionSequence[0].ImagePositionPatient
    pixels = dataset.pixel_array
    for n, frame in enumerate(frames):
        frame.PlanePositionSequence[0].ImagePositionPatient = place
        pixels[n] = 1
    dataset.PixelData = np.packbits(pixels.ravel(), bitorder="little").tobytes()


def forget_segments(dataset: Dataset) -> None:
    """Nothing says what was drawn."""
    del dataset.SegmentSequence


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (name_vessel, "LABEL_INVALID"),
        (move, "GEOMETRY_MISMATCH"),
        (claim_twice, "LABEL_INVALID"),
        (forget_segments, "SOURCE_UNREADABLE"),
    ],
)
def test_a_bad_segmentation_is_refused_by_name(
    drawn: tuple[ScanAnalysis, Path],
    tmp_path: Path,
    spoil: Callable[[Dataset], None],
    code: str,
) -> None:
    """Unknown segments, another grid, both sides in one place, a broken file."""
    found, path = drawn
    dataset = dcmread(path)
    spoil(dataset)
    dataset.save_as(tmp_path / "a.dcm")
    with pytest.raises(Refusal, match=code) as refused:
        read_drawn(tmp_path / "a.dcm", found.scan.geometry)
    assert refused.value.where == "a.dcm"


def test_another_object_is_no_label(
    source: Path, drawn: tuple[ScanAnalysis, Path], tmp_path: Path
) -> None:
    """A slice of the CT, and a file that is not DICOM."""
    grid = drawn[0].scan.geometry
    with pytest.raises(Refusal, match="LABEL_INVALID"):
        read_drawn(next(source.glob("*.dcm")), grid)
    (tmp_path / "a.dcm").write_bytes(b"hello")
    with pytest.raises(Refusal):
        read_drawn(tmp_path / "a.dcm", grid)
    with pytest.raises(Refusal, match="SOURCE_MISSING"):
        read_drawn(tmp_path / "b.dcm", grid)
