"""The whole answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from eupnea.band import BandName
from eupnea.mask import Mask
from eupnea.note import Note
from eupnea.organ import Method
from eupnea.region import Region
from eupnea.scan import Scan


@dataclass(frozen=True, kw_only=True, eq=False)
class Attributes:
    """Volume and share of the region of interest, the normal or the abnormal region."""

    mask: Mask = field(repr=False)
    volume_ml: float
    fraction: float
    """Share of the region of interest, 0 to 1."""
    doubt_ml: tuple[float, float] | None = None
    """Range of the volume that the method's own certainty allows; `None` if unknown."""
    interval_ml: tuple[float, float] | None = None
    """Range that held the true volume in four of five scans where it was known; `None` if the
    method was never tried so."""


@dataclass(frozen=True, kw_only=True)
class BandShare:
    """The part of the region of interest in one density band."""

    name: BandName
    volume_ml: float
    fraction: float
    """Share of the region of interest, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class ZoneShare:
    """One zone of the organ, and how much of it is abnormal."""

    name: str
    volume_ml: float
    abnormal_ml: float
    abnormal_fraction: float
    """Share of the zone, 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanAnalysis:
    """What was found in one scan."""

    index: int
    scan: Scan = field(repr=False)
    roi: Attributes
    normal: Attributes
    abnormal: Attributes
    regions: tuple[Region, ...]
    """Largest first."""
    labels: NDArray[np.uint16] = field(repr=False)
    """On the scan's grid: 0, or the `label` of the region that holds the voxel."""
    bands: tuple[BandShare, ...]
    zones: tuple[ZoneShare, ...]
    notes: tuple[Note, ...] = ()
    certainty: NDArray[np.uint8] | None = field(default=None, repr=False)
    """Calibrated certainty that a voxel is normal, 0 to 255, 0 outside the region of interest;
    `None` where the method gives none."""
    air_hu: float | None = None
    """What air inside the body measures; `None` where none is seen."""

    @property
    def folder(self) -> str:
        """Where this scan's masks are written, below the output folder."""
        return f"scans/{self.index:02d}_{self.scan.acquired_at.date().isoformat()}"


class EventKind(StrEnum):
    """What became of a region."""

    NEW = "new"
    RESOLVED = "resolved"
    GROWN = "grown"
    SHRUNK = "shrunk"
    STABLE = "stable"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A many-to-many match of regions of an earlier and a later scan."""

    kind: EventKind
    before: tuple[str, ...]
    """Region ids in the earlier scan; empty when new."""
    after: tuple[str, ...]
    """Region ids in the later scan; empty when resolved."""
    volume_before_ml: float
    volume_after_ml: float
    change_percent: float | None
    """Of the volume before; `None` when there was none."""
    limit_percent: float | None = None
    """Change of a region of this size that a repeat scan could show."""
    beyond_repeatability: bool
    centroid_before_mm: tuple[float, float, float] | None = None
    """Where the group lies in the earlier scan, LPS; carried over by the alignment when new."""
    centroid_after_mm: tuple[float, float, float] | None = None
    """Where the group lies in the later scan, LPS; carried over by the alignment when resolved."""


@dataclass(frozen=True, kw_only=True)
class AttributeChange:
    """Later minus earlier."""

    volume_change_ml: float
    volume_change_percent: float | None
    """Of the earlier volume; `None` when that was zero."""
    fraction_change: float
    """Difference of the shares of the region of interest, -1 to 1; 0 for the roi itself."""
    beyond_repeatability: bool | None = None


class AlignmentLevel(StrEnum):
    """How far the alignment of two scans succeeded."""

    DEFORMABLE = "deformable"
    AFFINE = "affine"
    NONE = "none"
    """Not aligned: only whole-organ figures are compared."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """How well two scans could be brought together."""

    level: AlignmentLevel
    roi_dice: float | None = None
    """Overlap of the two regions of interest after alignment."""
    inverse_consistency_mm: float | None = None
    """Mean distance after going forth and back, inside the region of interest."""
    inverse_consistency_p95_mm: float | None = None
    folded_fraction: float | None = None
    """Share of organ voxels where the deformation folds (Jacobian <= 0)."""
    similarity: float | None = None
    """Mean local correlation inside the region of interest after alignment."""
    mean_displacement_mm: float | None = None


PointMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From points (..., 3) in mm, LPS, of one scan to their places in another."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Correspondence:
    """Which places of two aligned scans are the same."""

    to_after: PointMap
    to_before: PointMap


@dataclass(frozen=True, kw_only=True)
class Transitions:
    """Tissue before (row) against tissue after (column), in ml of the earlier scan."""

    names: tuple[str, ...]
    volume_ml: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Breath:
    """How far two scans differ in inspiration, and masses, which breath does not change.

    The mass of a region is its volume times `1 + HU / 1000` (g per ml), tissue
    and blood alone; it is kept when air is drawn in or let out. Where air
    measures far below -1000 HU, the scan's own air stands for -1000.
    """

    volume_ratio: float
    """Volume of the region of interest, later over earlier."""
    roi_mass_before_g: float
    roi_mass_after_g: float
    abnormal_mass_before_g: float
    abnormal_mass_after_g: float


@dataclass(frozen=True, kw_only=True)
class CommonFigures:
    """What one scan holds in the part of the organ that another scan shows too."""

    share: float
    """Of the organ as this scan shows it, 0 to 1."""
    roi_ml: float
    normal_ml: float
    abnormal_ml: float
    abnormal_fraction: float
    """Share of `roi_ml`, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Common:
    """The part of the organ that both scans show, where one of them shows less."""

    before: CommonFigures
    after: CommonFigures
    roi: AttributeChange
    normal: AttributeChange
    abnormal: AttributeChange


@dataclass(frozen=True, kw_only=True)
class Change:
    """One pair of scans, earlier and later."""

    before: int
    """Index of the earlier scan."""
    after: int
    """Index of the later scan."""
    days: float
    roi: AttributeChange
    normal: AttributeChange
    abnormal: AttributeChange
    """Of the whole organ as each scan shows it; not judged where `common` is."""
    registration: Registration
    transitions: Transitions | None
    """`None` when the scans could not be aligned."""
    events: tuple[Event, ...]
    notes: tuple[Note, ...] = ()
    breath: Breath | None = None
    common: Common | None = None
    """`None` when both scans show the same of the organ, or could not be aligned."""
    trend: NDArray[np.int8] | None = field(default=None, repr=False, compare=False)
    """On the later scan's grid: 1 where tissue worsened, -1 where it recovered, else 0."""
    correspondence: Correspondence | None = field(default=None, repr=False, compare=False)
    """`None` when the scans could not be aligned."""


@dataclass(frozen=True, kw_only=True)
class RefusedScan:
    """A scan that was left out, while the others were analysed."""

    source: str
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file of the source, and what became of it."""

    path: str
    """Relative to the source that the user named."""
    used: bool
    reason: str
    """Such as `slice of scan 0`, or `localizer`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    """Everything that was found in a timeline."""

    organ: str
    roi_method: Method
    normal_method: Method
    scans: tuple[ScanAnalysis, ...]
    """Oldest first."""
    changes: tuple[Change, ...]
    """Neighbouring pairs in order, then each later scan against the first."""
    files: tuple[InputFile, ...] = ()
    """Every file of the source, used or set aside."""
    refused: tuple[RefusedScan, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether no scan was left out."""
        return not self.refused
