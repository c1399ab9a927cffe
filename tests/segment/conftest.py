"""A toy chest, and one synthetic scan, measured once."""

from __future__ import annotations

import numpy as np
import pytest

from eupnea.analysis import ScanAnalysis
from eupnea.phantom import Patient, PhantomScan
from eupnea.scan import Scan
from eupnea.segment import find_organ, segment_scan
from support.toy_chest import ToyChest
from support.toy_networks import scan_of


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


@pytest.fixture
def body() -> Scan:
    """A block of tissue with an aerated block, half of it denser, inside."""
    hu = np.full((16, 90, 120), -1000, np.int16)
    hu[:, 8:82, 8:112] = 40
    hu[2:14, 20:70, 20:100] = -850
    hu[2:14, 20:70, 60:100] = -600
    return scan_of(hu, (4.0, 1.0, 1.0))


@pytest.fixture
def filled(body: Scan) -> Scan:
    """The block of tissue with a fifth of its aerated block filled up."""
    hu = body.hu.copy()
    hu[2:14, 20:70, 20:100] = -850
    hu[2:14, 20:70, 84:100] = 30
    return scan_of(hu, (4.0, 1.0, 1.0))
