"""What a comparison can be told, with its defaults and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from eupnea.compare.align import AlignSettings
from eupnea.compare.limits import RepeatabilityLimits


@dataclass(frozen=True, kw_only=True)
class MatchSettings:
    """When two regions count as related."""

    sliver_share: float = 0.15
    """An overlap below this share of the smaller region is a sliver, and ignored."""
    minor_share: float = 0.25
    """An overlap is a side contact when it is below this share of both regions' overlaps."""
    crumb_share: float = 0.02
    """A part below this share of its group's largest part makes no merge or split."""
    crumb_ml: float = 0.03
    """Nor does a part below this volume (30 mm3; NLSTseg's smallest lesion)."""
    neck_mm: float = 4.0
    """Parts that only a bridge thinner than this joins (or than two voxels) have not merged."""
    keeper_share: float = 0.8
    """A region keeps its identity in the part that carries on this share of it."""
    leftover_ml: float = 0.5
    """Largest region that may be matched by distance alone (some 10 mm across)."""
    leftover_mm: float = 5.0
    """Largest distance of such regions' centroids after alignment."""


@dataclass(frozen=True, kw_only=True)
class CompareSettings:
    """Everything that a comparison can be told."""

    align: AlignSettings = field(default_factory=AlignSettings)
    match: MatchSettings = field(default_factory=MatchSettings)
    limits: RepeatabilityLimits = field(default_factory=RepeatabilityLimits)
    breath_ratio: tuple[float, float] = (0.85, 1.15)
    """Lung volumes, later over earlier, beyond which a pair is flagged."""
