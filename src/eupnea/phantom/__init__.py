"""Synthetic patients over time, with exactly known truth.

`make_patient` draws one; `build` renders a plan of your own.
"""

from __future__ import annotations

from eupnea.phantom.build import build
from eupnea.phantom.dicom import write_dicom
from eupnea.phantom.nifti import write_nifti, write_truth
from eupnea.phantom.patient import Patient, PhantomScan
from eupnea.phantom.plan import Kernel, LesionKind, LesionPlan, PatientPlan, ScanPlan
from eupnea.phantom.scenario import draw_plan, make_patient, repeat_plan
from eupnea.phantom.truth import TrueRegion, Truth

__all__ = [
    "Kernel",
    "LesionKind",
    "LesionPlan",
    "Patient",
    "PatientPlan",
    "PhantomScan",
    "ScanPlan",
    "TrueRegion",
    "Truth",
    "build",
    "draw_plan",
    "make_patient",
    "repeat_plan",
    "write_dicom",
    "write_nifti",
    "write_truth",
]
