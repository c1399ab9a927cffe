"""Many patients: each measured once, on one machine or on a cluster, and told of together."""

from __future__ import annotations

from eupnea.cohort.case import CohortCase
from eupnea.cohort.engine import Engine
from eupnea.cohort.listing import read_listing
from eupnea.cohort.plan import CohortPlan, Settings
from eupnea.cohort.record import Record, Records
from eupnea.cohort.report import write_report
from eupnea.cohort.run import run_cohort
from eupnea.outcome import Outcome

__all__ = [
    "CohortCase",
    "CohortPlan",
    "Engine",
    "Outcome",
    "Record",
    "Records",
    "Settings",
    "read_listing",
    "run_cohort",
    "write_report",
]
