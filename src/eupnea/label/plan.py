"""Which side of one training image to label, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LabelType(StrEnum):
    """The side to draw; the other side is what remains of the region of interest."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"


class SizeMeasure(StrEnum):
    """What the size threshold is compared with."""

    LARGEST = "largest"
    """The largest candidate region."""
    TOTAL = "total"
    """All candidate regions together."""


class Strategy(StrEnum):
    """What decides on the side."""

    THRESHOLDS = "thresholds"
    """Size, number and share of the candidate regions."""
    SHARE = "share"
    """The side that takes less of the organ; no thresholds."""


class Reason(StrEnum):
    """Why a side was chosen; one for each branch of each strategy."""

    LARGE = "large"
    """Large abnormal regions: label normal."""
    MANY_AND_SPREAD = "many and spread"
    """Small but many, with a large share of the organ: label normal."""
    MANY_BUT_SLIGHT = "many but slight"
    """Small but many, with a small share of the organ: label abnormal."""
    SMALL_AND_FEW = "small and few"
    """Small and few abnormal regions: label abnormal."""
    HALF = "half or more"
    """By share: half of the organ or more is abnormal: label normal."""
    LESS = "less than half"
    """By share: label abnormal."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The three cuts of the strategy; the defaults are those of least drawing (docs/labelling.md).

    They are for adult lungs. Below half of the organ, the abnormal side is less
    to draw; so images come out normal by their size or their share, hardly ever
    by their number.
    """

    size_ml: float = 2000.0
    """At this size or above, regions are large."""
    count: int = 2
    """At this number or above, regions are many."""
    fraction: float = 0.4
    """At this share of the organ or above, many small regions are spread."""
    measure: SizeMeasure = SizeMeasure.LARGEST


@dataclass(frozen=True, kw_only=True)
class LabelPlan:
    """The decision for one image, with the figures it rests on."""

    label_type: LabelType
    reason: Reason
    largest_ml: float
    total_ml: float
    count: int
    fraction: float
    """Share of the organ that the candidate regions take, 0 to 1."""
    thresholds: Thresholds

    @property
    def sentence(self) -> str:
        """The reason in words."""
        if self.reason in (Reason.HALF, Reason.LESS):
            return f"{self.fraction:.1%} of the organ may be abnormal, {self.reason}."
        cuts = self.thresholds
        size = self.largest_ml if cuts.measure is SizeMeasure.LARGEST else self.total_ml
        subject = "The largest region has" if size == self.largest_ml else "All regions have"
        if self.reason is Reason.LARGE:
            return f"{subject} {size:.1f} ml; from {cuts.size_ml:g} ml on they are large."
        if self.count == 0:
            return "No abnormal region was found."
        count = "1 region" if self.count == 1 else f"{self.count} regions"
        if self.reason is Reason.SMALL_AND_FEW:
            return f"{count}, small (below {cuts.size_ml:g} ml) and few (below {cuts.count})."
        relation = "at least" if self.reason is Reason.MANY_AND_SPREAD else "below"
        return (
            f"{count}, small (below {cuts.size_ml:g} ml) but many (from {cuts.count} on), together "
            f"{self.fraction:.1%} of the organ, {relation} {cuts.fraction:.1%}."
        )
