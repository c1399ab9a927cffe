"""A real image archive for a test: Orthanc on loopback, with a password."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from pydicom import FileDataset, dcmread

USER, PASSWORD = "eupnea", "canary-password-9431"
PLUGINS = Path("/usr/share/orthanc/plugins")
SECONDS_TO_START = 30


@dataclass(frozen=True, kw_only=True)
class Orthanc:
    """A running archive."""

    root: str
    """Such as `http://127.0.0.1:18042`."""
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        """The DICOMweb service."""
        return f"{self.root}/dicom-web"

    def ask(self, path: str, method: str = "GET", **given: Any) -> Any:
        """Orthanc's own interface, beside DICOMweb."""
        answer = requests.request(
            method, self.root + path, auth=(USER, PASSWORD), timeout=30, **given
        )
        answer.raise_for_status()
        return answer.json()

    def file(self, instance: str) -> FileDataset:
        """A stored instance by Orthanc's own identifier."""
        answer = requests.get(
            f"{self.root}/instances/{instance}/file", auth=(USER, PASSWORD), timeout=30
        )
        return dcmread(BytesIO(answer.content))

    def fill(self, folder: Path) -> None:
        """Store every DICOM file of a folder."""
        for path in sorted(folder.rglob("*.dcm")):
            self.ask("/instances", "POST", data=path.read_bytes())

    def clear(self) -> None:
        """Delete everything."""
        for patient in self.ask("/patients"):
            self.ask(f"/patients/{patient}", "DELETE")

    def instances(self, modality: str) -> list[str]:
        """The identifiers of all instances of a modality."""
        found = self.ask(
            "/tools/find",
            "POST",
            json={"Level": "Instance", "Query": {"Modality": modality}, "Expand": True},
        )
        return sorted(one["MainDicomTags"]["SOPInstanceUID"] for one in found)

    def requests_seen(self) -> str:
        """Orthanc's log."""
        return self.log.read_text()


@contextmanager
def running_orthanc(folder: Path) -> Iterator[Orthanc]:
    """An archive that holds nothing; skips where Orthanc is not installed."""
    program = shutil.which("Orthanc")
    if program is None or not (PLUGINS / "libOrthancDicomWeb.so").exists():
        pytest.skip("Orthanc is not installed (Debian: orthanc, orthanc-dicomweb)")
    port = _free_port()
    config = folder / "orthanc.json"
    config.write_text(json.dumps(_config(folder / "storage", port)))
    log = folder / "orthanc.log"
    with log.open("wb") as opened:
        process = subprocess.Popen(
            [program, "--verbose", config], stdout=opened, stderr=subprocess.STDOUT
        )
    try:
        root = f"http://127.0.0.1:{port}"
        _wait(root, process)
        yield Orthanc(root=root, log=log, process=process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _config(storage: Path, port: int) -> dict[str, Any]:
    storage.mkdir()
    return {
        "Name": "tests",
        "StorageDirectory": str(storage),
        "IndexDirectory": str(storage),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "OverwriteInstances": False,
        "Plugins": [str(PLUGINS / "libOrthancDicomWeb.so")],
        "DicomWeb": {"Enable": True},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(root: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            requests.get(f"{root}/system", auth=(USER, PASSWORD), timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("Orthanc did not start")
