"""What segments are made of a scan: their numbers, names, meaning and colours."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.band import BandName
from eupnea.organ import Method
from eupnea.region import Region

ROI = 1
"""Number of the region of interest; it overlaps the tissue, and is counted apart."""

NORMAL = 1
FIRST_REGION = 2
"""Numbers of tissue; the abnormal regions follow in the order of the scan's regions."""

ROI_COLOUR = (127, 211, 230)
NORMAL_COLOUR = (91, 143, 185)
"""Red, green and blue, as in the report."""

DOMINANT = 0.5
"""A region with more of one band than this is named by it."""

GOLDEN_RATIO = 0.618034
"""Of the colour wheel, from one region to the next: neighbours never look alike."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One named set of voxels, and what it means."""

    number: int
    name: str
    category: str
    """A name in the group `category` of the code table."""
    meaning: tuple[str, str]
    """A group and a name in the code table."""
    method: Method
    colour: tuple[int, int, int]
    """Red, green and blue, 0 to 255."""


def organ_segment(analysis: Analysis) -> Segment:
    """The region of interest."""
    return Segment(
        number=ROI,
        name="roi",
        category="anatomy",
        meaning=("organ", analysis.organ),
        method=analysis.roi_method,
        colour=ROI_COLOUR,
    )


def tissue_segments(analysis: Analysis, found: ScanAnalysis) -> tuple[Segment, ...]:
    """The normal region, then each abnormal region; they share no voxel."""
    normal = Segment(
        number=NORMAL,
        name="normal",
        category="tissue",
        meaning=("property", "normal"),
        method=analysis.normal_method,
        colour=NORMAL_COLOUR,
    )
    regions = (
        Segment(
            number=number,
            name=region.id,
            category="abnormal",
            meaning=("property", _property(region)),
            method=analysis.normal_method,
            colour=_colour(region.id),
        )
        for number, region in enumerate(found.regions, start=FIRST_REGION)
    )
    return (normal, *regions)


def tissue_numbers(found: ScanAnalysis) -> NDArray[np.uint16]:
    """The number of each voxel's tissue segment, on the scan's grid; 0 for none."""
    numbers = np.zeros(int(found.labels.max()) + 1, np.uint16)
    for number, region in enumerate(found.regions, start=FIRST_REGION):
        numbers[region.label] = number
    tissue = numbers[found.labels]
    tissue[found.normal.mask.voxels] = NORMAL
    return tissue


def _property(region: Region) -> str:
    """What a region is by its density: its dominant band, where that has a word."""
    for band in (BandName.GROUND_GLASS, BandName.CONSOLIDATED):
        if region.bands.get(band, 0.0) > DOMINANT:
            return band.value
    return "abnormal"


def _colour(name: str) -> tuple[int, int, int]:
    """A colour of its own, the same in every scan."""
    digits = "".join(filter(str.isdigit, name))
    hue = (int(digits) if digits else crc32(name.encode())) * GOLDEN_RATIO % 1.0
    wheel = (abs((hue * 6 + shift) % 6 - 3) - 1 for shift in (0, 4, 2))
    red, green, blue = (round(90 + 150 * min(max(part, 0.0), 1.0)) for part in wheel)
    return red, green, blue
