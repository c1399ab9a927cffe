"""The order, the names and the folders of files have no say in what is read."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from eupnea.read import Reading, read_timeline
from support.ct import ct_series, put, save


def two_studies() -> list[Dataset]:
    """Two studies; the first has two kernels and a copied slice."""
    slices = [*ct_series(study="a"), *ct_series(study="a", series="sharp", ConvolutionKernel="B70")]
    slices += ct_series(study="a")[4:5]
    slices += ct_series(study="b", AcquisitionDate="20210401", PatientBirthDate=None)
    scout = ct_series(study="b", series="scout")[:1]
    put(scout[0], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    return [*slices, *scout]


def fingerprint(reading: Reading) -> list[object]:
    """All that a reading says, but for names of files."""
    return [
        (
            scan.hu.tobytes(),
            scan.geometry,
            scan.acquired_at,
            scan.notes,
            scan.provenance.patient_key,
        )
        for scan in reading.timeline
    ] + [sorted((verdict.outcome, verdict.slices) for verdict in reading.verdicts)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """The reading in the order of acquisition."""
    return fingerprint(read_timeline([save(two_studies(), tmp_path_factory.mktemp("plain"))]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_permuting_files_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    expected: list[object],
    random: Random,
    folders: int,
) -> None:
    """Files shuffled, renamed and spread over folders give the same reading."""
    slices = two_studies()
    random.shuffle(slices)
    root = tmp_path_factory.mktemp("shuffled")
    for n in range(folders):
        save(slices[n::folders], root / str(n))
    assert fingerprint(read_timeline([root])) == expected


def test_permuting_sources_changes_nothing(tmp_path: Path) -> None:
    """Sources are put in order of time, not of mention."""
    first = save(ct_series(study="a"), tmp_path / "a")
    second = save(ct_series(study="b", AcquisitionDate="20210401"), tmp_path / "b")
    forth = fingerprint(read_timeline([first, second]))
    assert fingerprint(read_timeline([second, first])) == forth
