"""DICOM, NIfTI, MetaImage and NRRD into a `Timeline`; every input file accounted for."""

from __future__ import annotations

from eupnea.read.mask import read_mask
from eupnea.read.options import Limits, NiftiAffine, ReadOptions
from eupnea.read.reading import Reading
from eupnea.read.timeline import check, read_timeline
from eupnea.read.verdict import Outcome, Verdict, Verdicts

__all__ = [
    "Limits",
    "NiftiAffine",
    "Outcome",
    "ReadOptions",
    "Reading",
    "Verdict",
    "Verdicts",
    "check",
    "read_mask",
    "read_timeline",
]
