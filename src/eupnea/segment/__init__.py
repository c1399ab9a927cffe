"""From a scan to its region of interest, normal region and abnormal regions."""

from __future__ import annotations

from eupnea.segment.one_scan import segment_scan
from eupnea.segment.organs import find_organ
from eupnea.segment.regions import RegionSettings

__all__ = ["RegionSettings", "find_organ", "segment_scan"]
