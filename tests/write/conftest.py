"""The patient that all tests of writing share."""

from __future__ import annotations

import pytest

from eupnea.analysis import Analysis
from support.derived import with_headers
from support.hand_made import hand_made_analysis


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    """Three scans of one patient, made by hand."""
    return hand_made_analysis()


@pytest.fixture(scope="session")
def from_dicom(analysis: Analysis) -> Analysis:
    """The same, each scan from a DICOM series of its own study."""
    return with_headers(analysis)
