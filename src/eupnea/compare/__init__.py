"""What changed between the scans of one patient.

Attributes are compared as they are; regions are matched where an alignment of
the lungs makes them overlap; and each region keeps one name through all scans.
"""

from __future__ import annotations

from eupnea.compare.align import align
from eupnea.compare.alignment import Alignment
from eupnea.compare.known import KnownScan
from eupnea.compare.limits import RepeatabilityLimits, SizeLimit
from eupnea.compare.pair import compare_scans
from eupnea.compare.settings import CompareSettings, MatchSettings
from eupnea.compare.timeline import compare_timeline

__all__ = [
    "Alignment",
    "CompareSettings",
    "KnownScan",
    "MatchSettings",
    "RepeatabilityLimits",
    "SizeLimit",
    "align",
    "compare_scans",
    "compare_timeline",
]
