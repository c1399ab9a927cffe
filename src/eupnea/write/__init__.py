"""The answer for people and programs: documents, tables, masks, report, DICOM objects."""

from __future__ import annotations

from eupnea.write.analysis import write_analysis
from eupnea.write.dicom import SegmentationType
from eupnea.write.document import AnalysisDocument
from eupnea.write.earlier import read_names
from eupnea.write.folder import check_output
from eupnea.write.run import RunRecord

__all__ = [
    "AnalysisDocument",
    "RunRecord",
    "SegmentationType",
    "check_output",
    "read_names",
    "write_analysis",
]
