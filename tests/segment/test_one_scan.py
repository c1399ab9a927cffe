"""One scan, measured: what holds whatever was found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eupnea.analysis import ScanAnalysis
from eupnea.errors import UsageError
from eupnea.organ import Margins
from eupnea.phantom import PhantomScan
from eupnea.segment import RegionSettings, find_organ, segment_scan
from support.sick import thin_is_normal
from support.toy_chest import ToyChest


def spoiled(toy: ToyChest) -> ToyChest:
    """A toy chest with ground glass in the right lung and a hole in the left."""
    toy.hu[toy.ball((-70, 10, 20), (18, 18, 18))] = -450
    toy.hu[toy.ball((70, 10, -20), (15, 15, 15))] = -995
    return toy


def test_normal_and_abnormal_partition_the_roi(measured: ScanAnalysis) -> None:
    """Abnormal is the region of interest minus normal, voxel by voxel."""
    roi, normal, abnormal = (
        part.mask.voxels for part in (measured.roi, measured.normal, measured.abnormal)
    )
    np.testing.assert_array_equal(normal | abnormal, roi)
    assert not (normal & abnormal).any()
    assert measured.normal.fraction + measured.abnormal.fraction == pytest.approx(1)


def test_bands_and_zones_partition_the_roi(measured: ScanAnalysis) -> None:
    """Neither bands nor zones lose or double a voxel."""
    whole = pytest.approx(measured.roi.volume_ml)
    assert sum(band.volume_ml for band in measured.bands) == whole
    assert sum(zone.volume_ml for zone in measured.zones) == whole
    assert sum(band.fraction for band in measured.bands) == pytest.approx(1)
    sick = sum(zone.abnormal_ml for zone in measured.zones)
    assert sick == pytest.approx(measured.abnormal.volume_ml)


def test_regions_are_the_labels(measured: ScanAnalysis) -> None:
    """Each region's attributes are those of its labelled voxels, counted plainly."""
    grid = measured.scan.geometry
    np.testing.assert_array_equal(measured.labels > 0, measured.abnormal.mask.voxels)
    for region in measured.regions:
        places = np.argwhere(measured.labels == region.label)
        assert region.volume_ml == pytest.approx(len(places) * grid.voxel_volume_ml)
        assert region.centroid_mm == pytest.approx(tuple(grid.to_mm(places).mean(axis=0)))
        span = (np.ptp(places, axis=0) + 1) * grid.spacing_mm
        assert region.extent_mm == pytest.approx(tuple(span[::-1]))
        assert region.mean_hu == pytest.approx(measured.scan.hu[tuple(places.T)].mean())
        assert sum(region.bands.values()) == pytest.approx(1)


def test_regions_are_named_largest_first(measured: ScanAnalysis) -> None:
    """R1 is the largest, and names count on."""
    volumes = [region.volume_ml for region in measured.regions]
    assert volumes == sorted(volumes, reverse=True)
    assert [region.id for region in measured.regions] == [
        f"R{n}" for n in range(1, len(volumes) + 1)
    ]


def test_planted_disease_is_found_where_it_is(toy: ToyChest) -> None:
    """Ground glass and a hole are abnormal, each in its side; the rest is normal."""
    found = segment_scan(spoiled(toy).scan(), find_organ(normal="density-baseline"))
    sides = {region.zone.split()[0] for region in found.regions}
    assert len(found.regions) == 2
    assert sides == {"right", "left"}
    planted = toy.ball((-70, 10, 20), (18, 18, 18)) | toy.ball((70, 10, -20), (15, 15, 15))
    abnormal = found.abnormal.mask.voxels
    assert 2 * (abnormal & planted).sum() / (abnormal.sum() + planted.sum()) > 0.85


def test_a_healthy_chest_has_no_regions(toy: ToyChest) -> None:
    """Where nothing is planted nothing is found."""
    assert segment_scan(toy.scan(), find_organ(normal="density-baseline")).regions == ()


def test_regions_too_small_become_normal(toy: ToyChest) -> None:
    """Below the minimal size a region is counted as normal, not lost."""
    scan = spoiled(toy).scan()
    found = segment_scan(
        scan,
        find_organ(normal="density-baseline"),
        settings=RegionSettings(minimal_volume_mm3=18e3),
    )
    assert len(found.regions) == 1
    assert found.normal.volume_ml + found.abnormal.volume_ml == pytest.approx(found.roi.volume_ml)


def test_only_what_was_tried_has_an_interval(toy: ToyChest) -> None:
    """Doubt comes from certainty; an interval takes margins, and holds the doubt."""
    toy.hu[toy.ball((-70, 10, 20), (18, 18, 18))] = -450
    organ = thin_is_normal()
    doubted = segment_scan(toy.scan(), organ).abnormal
    assert doubted.interval_ml is None
    assert np.allclose(doubted.doubt_ml or (), (0.0, doubted.volume_ml))
    margins = Margins(below=0.1, above=0.2)
    found = segment_scan(toy.scan(), replace(organ, margins=margins)).abnormal
    reach = found.volume_ml + 0.01 * found.volume_ml / found.fraction
    assert np.allclose(found.interval_ml or (), (0.0, found.volume_ml + 0.2 * reach))


def test_a_mirrored_scan_gives_the_mirrored_answer(toy: ToyChest) -> None:
    """Mirroring left and right mirrors the masks and swaps the sides of the zones."""
    plain = segment_scan(spoiled(toy).scan(), find_organ(normal="density-baseline"))
    toy.hu = toy.hu[:, :, ::-1].copy()
    mirrored = segment_scan(toy.scan(), find_organ(normal="density-baseline"))
    ours, theirs = plain.abnormal.mask.voxels, mirrored.abnormal.mask.voxels[:, :, ::-1]
    assert 2 * (ours & theirs).sum() / (ours.sum() + theirs.sum()) > 0.97
    swapped = {"right": "left", "left": "right"}
    for region, image in zip(plain.regions, mirrored.regions, strict=True):
        side, height = region.zone.split()
        assert image.zone == f"{swapped[side]} {height}"


def test_the_same_scan_gives_the_same_answer(
    measured: ScanAnalysis, phantom_scan: PhantomScan
) -> None:
    """Measuring twice gives the same bytes, wherever the scan stands in its timeline."""
    again = segment_scan(phantom_scan.scan, find_organ(normal="density-baseline"), index=3)
    np.testing.assert_array_equal(again.labels, measured.labels)
    np.testing.assert_array_equal(again.roi.mask.voxels, measured.roi.mask.voxels)
    assert again.regions == measured.regions
    assert again.index == 3


def test_unknown_organs_and_methods_are_usage_errors() -> None:
    """What does not ship is named, with what does."""
    with pytest.raises(UsageError, match="there is: lung"):
        find_organ("liver")
    with pytest.raises(UsageError, match="density-baseline"):
        find_organ("lung", normal="magic")


def test_the_organ_says_what_computed_its_masks(measured: ScanAnalysis) -> None:
    """Methods carry a name, a version and a sentence for the reader."""
    organ = replace(find_organ(normal="density-baseline"))
    assert organ.normal_method.name == "density-baseline"
    assert organ.roi_method.summary.endswith(".")
    assert measured.folder.startswith("scans/00_")
