"""An archive that all tests of the package share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.orthanc import Orthanc


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """Orthanc, started once."""
    from support.orthanc import running_orthanc  # noqa: PLC0415 - it needs the extra

    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as orthanc:
        yield orthanc


@pytest.fixture
def orthanc(running: Orthanc, monkeypatch: pytest.MonkeyPatch) -> Orthanc:
    """Orthanc, emptied, with its credentials in the environment."""
    from support.orthanc import PASSWORD, USER  # noqa: PLC0415 - it needs the extra

    running.clear()
    monkeypatch.setenv("EUPNEA_DICOMWEB_USER", USER)
    monkeypatch.setenv("EUPNEA_DICOMWEB_PASSWORD", PASSWORD)
    return running


@pytest.fixture
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without credentials, and an empty netrc that a test may fill."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"EUPNEA_DICOMWEB_{name}", raising=False)
    netrc = tmp_path / "netrc"
    netrc.touch(mode=0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    return netrc
