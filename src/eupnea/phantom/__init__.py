"""Synthetic patients over time, with exactly known truth.

`make_patient` draws one; `build` renders a plan of your own.
"""

from __future__ import annotations

from eupnea.phantom.build import build
from eupnea.phantom.dicom import write_dicom
from eupnea.phantom.nifti import write_nifti, write_truth
from eupnea.phantom.patient import Patient, PhantomScan
from eupnea.phantom.plan import (
    Kernel,
    LesionKind,
    LesionPlan,
    PatientPlan,
    ScanPlan,
    chest_grid,
    small_grid,
)
from eupnea.phantom.scenario import draw_plan, lung_points, make_patient, repeat_plan
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
    "chest_grid",
    "draw_plan",
    "lung_points",
    "make_patient",
    "repeat_plan",
    "small_grid",
    "write_dicom",
    "write_nifti",
    "write_truth",
]
