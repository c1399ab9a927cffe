"""Missing slices: refused, or interpolated when asked for, and never without saying so."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Severity
from eupnea.pipeline import analyze
from eupnea.read import Reading, ReadOptions, read_timeline
from eupnea.write.dicom.segmentation import organ_segmentation
from support.ct import SHAPE, chest_hu, ct_series, put, save
from support.sick import thin_is_normal

FILLING = ReadOptions(fill_gaps=True)


def without(missing: list[int], folder: Path) -> Path:
    """The small series with slices missing."""
    return save([one for k, one in enumerate(ct_series()) if k not in missing], folder)


def read(folder: Path, *, options: ReadOptions = FILLING) -> Reading:
    """Reads with gaps filled."""
    return read_timeline([folder], options=options)


def test_a_single_slice_is_interpolated_and_said(tmp_path: Path) -> None:
    """All other voxels are the measured ones; the filled are the mean of their neighbours."""
    (scan,) = read(without([6], tmp_path)).timeline
    expected = chest_hu()
    expected[6] = np.rint(expected[[5, 7]].mean(axis=0))
    np.testing.assert_array_equal(scan.hu, expected)
    (note,) = scan.notes
    assert (note.code, note.severity) == ("SLICES_FILLED", Severity.WARNING)
    assert "z=-240.0" in note.text


def test_padding_of_a_neighbour_is_padding_of_the_gap(tmp_path: Path) -> None:
    """What neither neighbour measured is not made up."""
    slices = ct_series()
    hu = chest_hu()
    hu[5, :2, :2] = -2000
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1, PixelPaddingValue=-976)
    del slices[6]
    (scan,) = read(save(slices, tmp_path)).timeline
    assert scan.padding is not None
    np.testing.assert_array_equal(scan.padding.voxels[6], scan.padding.voxels[5])
    assert (scan.hu[6, :2, :2] == -1024).all()


@pytest.mark.parametrize("missing", [[6, 7], [3, 4, 5, 6], [4, 8]])
def test_more_is_refused_all_the_same(tmp_path: Path, missing: list[int]) -> None:
    """Two slices in a row are lost lung, and so is more than one in twenty."""
    with pytest.raises(Refusal) as caught:
        read(without(missing, tmp_path))
    assert caught.value.code is RefusalCode.SLICES_MISSING
    assert caught.value.found.startswith(f"{len(missing)} missing at [z=")


def test_nothing_is_filled_unasked(tmp_path: Path) -> None:
    """The default is to refuse."""
    with pytest.raises(Refusal) as caught:
        read(without([6], tmp_path), options=ReadOptions())
    assert caught.value.code is RefusalCode.SLICES_MISSING


def test_objects_refer_to_the_slices_that_are_there(tmp_path: Path) -> None:
    """A segmentation of a filled scan keeps every voxel's place, the filled slice's too."""
    analysis = analyze([without([6], tmp_path)], organ=thin_is_normal(), options=FILLING)
    found = analysis.scans[0]
    assert len(found.scan.provenance.dicom) == SHAPE[0] - 1
    segmentation = organ_segmentation(analysis, found)
    volume = hd.seg.Segmentation.from_dataset(segmentation).get_volume(combine_segments=True)
    named = [
        frame.DerivationImageSequence for frame in segmentation.PerFrameFunctionalGroupsSequence
    ]
    assert sum(not sequence for sequence in named) == 1
    points = volume.map_indices_to_reference(np.argwhere(volume.array))
    expected = found.scan.geometry.to_mm(np.argwhere(found.roi.mask.voxels))
    assert sorted(np.round(points, 2).tolist()) == sorted(np.round(expected, 2).tolist())
