"""From one scan to its region of interest, its normal and its abnormal region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Attributes, ScanAnalysis
from eupnea.mask import Mask
from eupnea.organ import Margins, Organ
from eupnea.scan import Scan
from eupnea.segment.bands import band_shares
from eupnea.segment.interval import abnormal_doubt_ml, abnormal_interval_ml
from eupnea.segment.regions import RegionSettings, describe_regions, label_regions
from eupnea.segment.zones import zone_shares

DEFAULT_SETTINGS = RegionSettings()


def segment_scan(
    scan: Scan, organ: Organ, *, index: int = 0, settings: RegionSettings = DEFAULT_SETTINGS
) -> ScanAnalysis:
    """Measures one scan: the organ, its normal part, and what is left: the abnormal regions.

    Abnormal regions below the minimal size of `settings` count as normal, so
    that abnormal is the region of interest minus the normal region, exactly.

    Args:
        scan: A CT that shows the organ.
        organ: What to look for, and how.
        index: Place of the scan in its timeline.
        settings: What counts as a region.

    Raises:
        Refusal: What `organ.find_roi` raises, such as `NOT_CHEST`.
    """
    roi = organ.find_roi(scan)
    found = organ.find_normal(scan, roi.mask)
    labels, _ = label_regions(roi.mask - found.mask, settings)
    abnormal = Mask(voxels=labels > 0, geometry=scan.geometry)
    zones = organ.find_zones(roi.mask)
    labels.setflags(write=False)
    return ScanAnalysis(
        index=index,
        scan=scan,
        roi=_attributes(roi.mask, roi.mask),
        normal=_attributes(roi.mask - abnormal, roi.mask),
        abnormal=_with_ranges(
            _attributes(abnormal, roi.mask), roi.mask, found.certainty, organ.margins
        ),
        regions=describe_regions(scan, labels, zones),
        labels=labels,
        bands=band_shares(scan, roi.mask),
        zones=zone_shares(zones, abnormal),
        notes=(*scan.notes, *roi.notes, *found.notes),
        certainty=found.certainty,
        air_hu=roi.air_hu,
    )


def _attributes(part: Mask, roi: Mask) -> Attributes:
    whole = np.maximum(roi.voxel_count, 1)
    return Attributes(mask=part, volume_ml=part.volume_ml, fraction=float(part.voxel_count / whole))


def _with_ranges(
    abnormal: Attributes,
    roi: Mask,
    certainty: NDArray[np.uint8] | None,
    margins: Margins | None,
) -> Attributes:
    """The abnormal region with its doubt, where its method has one, and its interval."""
    if certainty is None:
        return abnormal
    doubt_ml = abnormal_doubt_ml(certainty, roi, abnormal.mask)
    if margins is None:
        return replace(abnormal, doubt_ml=doubt_ml)
    interval_ml = abnormal_interval_ml(
        doubt_ml, margins, abnormal_ml=abnormal.volume_ml, roi_ml=roi.volume_ml
    )
    return replace(abnormal, doubt_ml=doubt_ml, interval_ml=interval_ml)
