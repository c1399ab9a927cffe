"""A toy chest, and one synthetic scan, measured once."""

from __future__ import annotations

import pytest

from eupnea.analysis import ScanAnalysis
from eupnea.phantom import Patient, PhantomScan
from eupnea.segment import find_organ, segment_scan
from support.toy_chest import ToyChest


@pytest.fixture
def toy() -> ToyChest:
    """A healthy toy chest, to be spoiled."""
    return ToyChest()


@pytest.fixture(scope="session")
def phantom_scan(small_patient: Patient) -> PhantomScan:
    """One scan of a synthetic patient, with its truth."""
    return small_patient.scans[0]


@pytest.fixture(scope="session")
def measured(phantom_scan: PhantomScan) -> ScanAnalysis:
    """The same scan, measured."""
    return segment_scan(phantom_scan.scan, find_organ(normal="density-baseline"))
