"""`/api/v1`: an analysis from its order to its answer."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import nibabel as nib
import numpy as np
import pytest

from eupnea.read.options import Limits
from eupnea.web import api, jobs
from support.hand_made import hand_made_analysis
from support.monai import Client
from support.sites import ANALYSES, PATIENT, ask_for, measuring, send, wait_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps its analyses."""
    return tmp_path_factory.mktemp("analyses")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Client]:
    """A client of a server without a token."""
    with measuring(folder) as client:
        yield client


@pytest.fixture(scope="module")
def measured(site: Client) -> str:
    """The id of an analysis that has an answer."""
    key = ask_for(site, name="p7")
    wait_for(site, key, "measured")
    return key


def test_an_order_is_measured(site: Client, measured: str, folder: Path) -> None:
    """Its end tells each scan; what was sent is gone, whoever looks."""
    told = site.call("GET", f"{ANALYSES}/{measured}").json()
    analysis = hand_made_analysis()
    shares = [scan["abnormal_fraction"] for scan in told["ended"]["scans"]]
    assert shares == [round(scan.abnormal.fraction, 5) for scan in analysis.scans]
    assert told["order"]["name"] == "p7"
    assert told["doing"] is None
    assert not (folder / measured / "sources").exists()
    assert measured in [job["id"] for job in site.call("GET", ANALYSES).json()]


def test_the_answer_is_what_analyze_writes(site: Client, measured: str) -> None:
    """File by file, and all of it as one zip, twice the same."""
    names = site.call("GET", f"{ANALYSES}/{measured}/files").json()
    assert {"analysis.json", "report.html", "run.json", "regions.csv"} <= set(names)
    document = site.call("GET", f"{ANALYSES}/{measured}/files/analysis.json")
    assert document.json()["schema"] == "eupnea/analysis/1"
    whole = site.call("GET", f"{ANALYSES}/{measured}/result.zip")
    with ZipFile(io.BytesIO(whole.body)) as archive:
        assert sorted(archive.namelist()) == names
        assert json.loads(archive.read("analysis.json")) == document.json()
    assert site.call("GET", f"{ANALYSES}/{measured}/result.zip").body == whole.body


def test_a_scan_lies_on_the_grid_of_its_masks(site: Client, measured: str) -> None:
    """So that a viewer lays one on the other."""
    scan = hand_made_analysis().scans[1]
    head = f"{ANALYSES}/{measured}"
    ct = nib.Nifti1Image.from_bytes(_unzipped(site, f"{head}/scans/1/ct.nii.gz"))
    mask = nib.Nifti1Image.from_bytes(_unzipped(site, f"{head}/files/{scan.folder}/roi.nii.gz"))
    assert np.array_equal(ct.affine, mask.affine)
    native = scan.scan.to_native(scan.scan.hu).transpose(2, 1, 0)
    assert np.array_equal(np.asarray(ct.dataobj), native)
    assert site.call("GET", f"{head}/scans/3/ct.nii.gz").status == 404


def _unzipped(site: Client, path: str) -> bytes:
    return gzip.decompress(site.call("GET", path).body)


@pytest.mark.parametrize(
    ("name", "state", "code"),
    [
        ("refused", "refused", "NO_CT"),
        ("breaks", "failed", "ValueError"),
        ("dies", "failed", "PROCESS_DIED"),
        ("partly", "partly", "SLICES_MISSING"),
    ],
)
def test_every_end_is_told_and_the_queue_goes_on(
    site: Client, folder: Path, name: str, state: str, code: str
) -> None:
    """With its code; never with a message that may name a patient."""
    key = ask_for(site, name=name)
    told = wait_for(site, key, "measured", "partly", "refused", "failed")
    assert (told["state"], told["ended"]["code"]) == (state, code)
    assert PATIENT not in json.dumps(told)
    assert not (folder / key / "sources").exists()
    if state != "partly":
        assert site.call("GET", f"{ANALYSES}/{key}/files").status == 409
    assert site.call("DELETE", f"{ANALYSES}/{key}").status == 204
    assert not (folder / key).exists()


def test_what_runs_can_be_removed(site: Client, folder: Path) -> None:
    """It stops, and the next one begins."""
    slow = ask_for(site, name="slow")
    after = ask_for(site, name="next")
    told = wait_for(site, slow, "running")
    assert told["doing"] == {"name": "reading 1 sources", "done": 1, "total": 4}
    assert site.call("GET", f"{ANALYSES}/{after}").json()["state"] == "waiting"
    assert site.call("DELETE", f"{ANALYSES}/{slow}").status == 204
    assert wait_for(site, after, "measured")
    assert not (folder / slow).exists()
    assert site.call("GET", f"{ANALYSES}/{slow}").status == 404


def test_a_server_goes_on_where_it_was(tmp_path: Path) -> None:
    """What waits or runs is measured by the next one; half an upload is dropped."""
    with measuring(tmp_path) as client:
        slow = ask_for(client, name="slow")
        waiting = ask_for(client, name="p8")
        half = client.call("POST", ANALYSES, {}).json()["id"]
        wait_for(client, slow, "running")
    with measuring(tmp_path) as client:
        assert client.call("GET", f"{ANALYSES}/{half}").status == 404
        wait_for(client, slow, "running")
        client.call("DELETE", f"{ANALYSES}/{slow}")
        assert wait_for(client, waiting, "measured")


def test_files_keep_their_order_and_lose_their_names(site: Client, folder: Path) -> None:
    """Loose DICOM files are one source, archives and images one each."""
    key = site.call("POST", ANALYSES, {}).json()["id"]
    for number, name in enumerate(["DOE_JANE.NII.GZ", "..%2F..%2Fx.zip", "IM1", "a.dcm", "b.mha"]):
        assert send(site, key, number, b"x", name).status == 204
    found = sorted(p.relative_to(folder / key / "sources").as_posix() for p in _files(folder / key))
    assert found == [
        "00000.nii.gz", "00001.zip", "00004.mha", "dicom/00002.dcm", "dicom/00003.dcm"
    ]  # fmt: skip
    assert send(site, key, 20_000, b"x").status == 422
    assert send(site, key, -1, b"x").status == 422


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "sources").rglob("*") if path.is_file()]


def test_what_is_too_large_leaves_nothing(
    site: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one file beyond its limit, nor all of them beyond theirs."""
    key = site.call("POST", ANALYSES, {}).json()["id"]
    monkeypatch.setattr(api, "LIMITS", Limits(file_bytes=10, archive_bytes=15))
    reply = send(site, key, 0, b"x" * 11)
    assert (reply.status, reply.json()["code"]) == (422, "SOURCE_TOO_LARGE")
    assert _files(folder / key) == []
    for number in (1, 2):
        assert send(site, key, number, b"x" * 10).status == 204
    assert site.call("POST", f"{ANALYSES}/{key}/start", {}).status == 422


def test_what_is_out_of_turn_is_refused(site: Client, measured: str) -> None:
    """Files after the start, a start without files or twice, ids and paths that are made up."""
    assert send(site, measured, 1, b"x").status == 409
    assert site.call("POST", f"{ANALYSES}/{measured}/start", {}).status == 409
    empty = site.call("POST", ANALYSES, {}).json()["id"]
    assert site.call("POST", f"{ANALYSES}/{empty}/start", {}).status == 409
    for key in ("0" * 16, "..", "%2e%2e", measured[:-1], f"{measured}0"):
        assert site.call("GET", f"{ANALYSES}/{key}").status == 404
    for name in ("../order.json", "%2e%2e/order.json", "/etc/passwd", "scans", "none"):
        assert site.call("GET", f"{ANALYSES}/{measured}/files/{name}").status == 404
    for order in ({"name": "x" * 81}, {"dates": ["soon"]}, {"patient": "x"}):
        assert site.call("POST", ANALYSES, order).status == 422


def test_the_interface_describes_itself(site: Client) -> None:
    """Every route of it, and no page."""
    paths = site.call("GET", "/api/v1/openapi.json").json()["paths"]
    assert len(paths) == 8
    assert all(path.startswith(ANALYSES) for path in paths)
    assert Limits() == jobs.LIMITS
