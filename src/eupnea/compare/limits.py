"""What a repeat scan could show by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

from eupnea.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class SizeLimit:
    """The repeatability limit of regions of at least some volume."""

    from_ml: float
    """Mean of the volumes before and after."""
    factor: float
    """A repeat scan stays within this factor, up or down."""


@dataclass(frozen=True, kw_only=True)
class RepeatabilityLimits:
    """Changes that are too small to tell from a repeat scan.

    A change counts when the later volume is beyond a factor of the earlier one
    *and* the difference is beyond an absolute floor. The factor works both
    ways, so that exchanging the scans turns growth into shrinkage and nothing
    else: a factor of 1.25 is +25 % or -20 %.

    +25 % is the growth limit of BTS and NELSON, and covers the repeatability
    of small nodules (-25 to +29 %, PMC3043750; RIDER's large tumours: -12 to
    +13 %). 30 mm3 is the smallest lesion of NLSTseg. Regions below 1 ml have a
    wider limit, measured on outlines drawn twice (docs/comparison.md).

    Examples:
        >>> limits = RepeatabilityLimits()
        >>> limits.is_beyond(10.0, 13.0), limits.is_beyond(10.0, 12.0)
        (True, False)
        >>> limits.is_beyond(0.010, 0.030)
        False
    """

    sizes: tuple[SizeLimit, ...] = (
        SizeLimit(from_ml=0.0, factor=1.4),
        SizeLimit(from_ml=1.0, factor=1.25),
    )
    """From small to large; the first starts at 0."""
    floor_ml: float = 0.03

    @classmethod
    def of(cls, percent: float, floor_mm3: float) -> RepeatabilityLimits:
        """One limit for regions of every size.

        Args:
            percent: Growth that a repeat scan could show; shrinkage accordingly.
            floor_mm3: Difference that it could show, however small the region.

        Raises:
            UsageError: When either is negative or not a number.

        Examples:
            >>> RepeatabilityLimits.of(30, 100).is_beyond(10.0, 12.9)
            False
        """
        if not (0 <= percent < math.inf and 0 <= floor_mm3 < math.inf):
            raise UsageError(f"limits of {percent} % and {floor_mm3} mm3 are not sizes of a change")
        size = SizeLimit(from_ml=0.0, factor=1 + percent / 100)
        return cls(sizes=(size,), floor_ml=floor_mm3 / 1000)

    def factor(self, before_ml: float, after_ml: float) -> float:
        """The factor that holds for regions of this size."""
        mean = (before_ml + after_ml) / 2
        return [limit.factor for limit in self.sizes if limit.from_ml <= mean][-1]

    def is_beyond(self, before_ml: float, after_ml: float, breath_ratio: float = 1.0) -> bool:
        """Whether a repeat scan could hardly show this change.

        Args:
            before_ml: Volume in the earlier scan.
            after_ml: Volume in the later scan.
            breath_ratio: How much larger the lung around it became by breath
                alone. Aerated tissue follows the breath and dense tissue does
                not, so a change must be beyond the limit with and without it.
        """
        if abs(after_ml - before_ml) < self.floor_ml:
            return False
        factor = self.factor(before_ml, after_ml)
        grown = after_ml > before_ml * max(1.0, breath_ratio) * factor
        return bool(grown or after_ml * max(1.0, 1 / breath_ratio) * factor < before_ml)

    def __str__(self) -> str:
        """Such as `40 % from 0 ml, 25 % from 1 ml, and 30 mm3`."""
        steps = [
            f"{100 * (limit.factor - 1):g} % from {limit.from_ml:g} ml" for limit in self.sizes
        ]
        return f"{', '.join(steps)}, and {1000 * self.floor_ml:g} mm3"

    def range_ml(self, volume_ml: float) -> tuple[float, float]:
        """Volumes that a repeat scan of an unchanged region could show.

        Examples:
            >>> RepeatabilityLimits().range_ml(10.0)
            (8.0, 12.5)
        """
        factor = self.factor(volume_ml, volume_ml)
        low = min(volume_ml / factor, volume_ml - self.floor_ml)
        return max(low, 0.0), max(volume_ml * factor, volume_ml + self.floor_ml)

    def percent(self, before_ml: float, after_ml: float, breath_ratio: float = 1.0) -> float:
        """The limit of this change in percent of the volume before, always positive."""
        if before_ml <= 0:
            return math.inf
        factor = self.factor(before_ml, after_ml)
        rise = factor * max(1.0, breath_ratio) - 1
        fall = 1 - min(1.0, breath_ratio) / factor
        relative = rise if after_ml >= before_ml else fall
        return 100 * max(relative, self.floor_ml / before_ml)
