"""Names of regions that an earlier answer gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownScan:
    """One scan of an earlier answer: where its regions lie, and what they are called."""

    acquired_at: datetime
    """By it the scan is recognised."""
    labels: NDArray[np.integer]
    """In the order of the scan's source; 0, or the label of a region."""
    names: Mapping[int, str]
    """From labels to names."""

    @classmethod
    def of(cls, found: ScanAnalysis) -> KnownScan:
        """The names that an analysis gave."""
        return cls(
            acquired_at=found.scan.acquired_at,
            labels=found.scan.to_native(found.labels),
            names={region.label: region.id for region in found.regions},
        )
