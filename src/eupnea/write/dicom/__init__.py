"""DICOM objects: what PACS, OHIF, 3D Slicer and dcmqi read."""

from __future__ import annotations

from eupnea.write.dicom.objects import write_dicom
from eupnea.write.dicom.segmentation import SegmentationType

__all__ = ["SegmentationType", "write_dicom"]
