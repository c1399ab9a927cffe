"""The calls that 3D Slicer's MONAI Label module makes, in the order in which it makes them."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from urllib.parse import quote_plus

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.web.desk import MOST_SESSIONS
from support.monai import Client, Reply
from support.nifti import nifti_bytes
from support.sick import sick_hu


def values_of(content: bytes) -> NDArray[np.uint8]:
    """The voxels of a compressed NIfTI file."""
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content))
    return np.asarray(image.dataobj).astype(np.uint8)


def save(client: Client, case: str, content: bytes, params: object = None) -> Reply:
    """Hand a drawn label in, as the module does."""
    fields = {"params": json.dumps(params or {"client_id": "user-xyz"})}
    path = f"/datastore/label?image={quote_plus(case)}"
    return client.send("PUT", path, fields, {"label": ("x.nii.gz", content)})


def test_info_names_what_the_module_shows(client: Client) -> None:
    """Models with labels in order of their values, a strategy, and counts."""
    info = client.call("GET", "/info/").json()
    assert info["labels"] == ["normal lung", "abnormal lung", "unjudged lung"]
    assert [model["type"] for model in info["models"].values()] == ["segmentation"]
    assert list(info["strategies"]) == ["worklist"]
    assert (info["datastore"]["total"], info["datastore"]["completed"]) == (2, 0)
    assert {"trainers", "config", "train_stats"} <= info.keys()


def test_next_image_prelabel_and_label_make_the_round(client: Client) -> None:
    """Next sample, download, infer, save; then the other image is next, then none."""
    for left in (2, 1):
        sample = client.call("POST", "/activelearning/worklist", {"client_id": "user-xyz"}).json()
        image = client.call("GET", sample["url"])
        assert f"SHA256:{hashlib.sha256(image.body).hexdigest()}" == sample["checksum"]
        reply = client.send("POST", f"/infer/eupnea?image={sample['id']}", {"params": "{}"}, {})
        (_, params), (name, label) = (reply.parts()[key] for key in ("params", "image"))
        assert json.loads(params) == {}
        assert name == f"{sample['id']}_label.nii.gz"
        assert len(np.unique(values_of(label))) == 2
        saved = save(client, sample["id"], label)
        assert (saved.status, saved.json()["image"]) == (200, sample["id"])
        done = client.call("GET", "/info/").json()["datastore"]["completed"]
        assert done == 3 - left
    assert client.call("POST", "/activelearning/worklist", {"client_id": "x"}).json()["id"]
    assert client.call("POST", "/activelearning/worklist", {"client_id": "user-xyz"}).json() == {}


def test_segments_are_known_by_the_names_that_the_module_tells(client: Client, plan: Path) -> None:
    """A segment numbered 1 and named abnormal is abnormal."""
    prelabel = plan / "cases" / "P001_00" / "abnormal.nii.gz"
    image = nibabel.load(prelabel)
    drawn = (np.asarray(image.dataobj) > 0).astype(np.uint8)
    content = gzip.compress(nibabel.Nifti1Image(drawn, image.affine).to_bytes())
    said = {"label_info": [{"name": "abnormal lung", "idx": 1}], "client_id": "AB"}
    assert save(client, "P001_00", content, said).status == 200
    final = client.call("GET", "/datastore/label?label=P001_00&tag=final")
    np.testing.assert_array_equal(values_of(final.body) == 2, drawn > 0)
    listed = client.call("GET", "/datastore/?output=all").json()["objects"]
    assert list(listed["P001_00"]["labels"]) == ["final"]
    assert client.call("GET", "/datastore/?output=train").json() == [
        {"image": "P001_00", "label": "P001_00"}
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    ids=["text", "another grid", "empty"],
    argvalues=[
        (b"no image", "SOURCE_UNREADABLE"),
        (gzip.compress(nifti_bytes(np.zeros((17, 12, 16), np.uint8))), "GEOMETRY_MISMATCH"),
        (gzip.compress(nifti_bytes(np.zeros((16, 12, 16), np.uint8))), "LABEL_INVALID"),
    ],
)
def test_a_bad_label_is_refused_with_its_code(client: Client, content: bytes, code: str) -> None:
    """The reader sees in Slicer what is wrong, and nothing is kept."""
    reply = save(client, "P001_00", content)
    assert (reply.status, reply.json()["code"]) == (422, code)
    assert client.call("GET", "/datastore/label?label=P001_00").status == 404


def test_an_image_of_the_reader_is_segmented_in_a_session(client: Client) -> None:
    """Upload, infer, forget; then it is gone."""
    content = nifti_bytes(sick_hu(2))
    reply = client.send("PUT", "/session/", {}, {"files": ("mine.nii", content)})
    key = reply.json()["session_id"]
    assert client.call("GET", f"/session/{key}").json()["name"] == key
    label = client.send(
        "POST", f"/infer/eupnea?image=&session_id={key}&output=image", {"params": "{}"}, {}
    )
    assert set(np.unique(values_of(label.body))) == {0, 1, 2}
    assert client.call("DELETE", f"/session/{key}").status == 200
    assert client.call("GET", f"/session/{key}").status == 404


def test_the_server_names_files_itself(client: Client, plan: Path, tmp_path: Path) -> None:
    """A name that leads out of the folder is only asked for its ending."""
    before = sorted(tmp_path.parent.rglob("*"))
    for name in ("../../evil.nii.gz", "/etc/evil.nii.gz", "..\\evil.nii.gz", "a;touch x.nii.gz"):
        sent = client.send("PUT", "/session/", {}, {"files": (name, nifti_bytes(sick_hu(2)))})
        assert sent.status == 200
        fields = {"params": "{}"}
        path = "/datastore/label?image=P001_00"
        assert client.send("PUT", path, fields, {"label": (name, b"x")}).status == 422
    assert sorted(tmp_path.parent.rglob("*")) == before
    assert client.send("PUT", "/session/", {}, {"files": ("a.zip", b"PK")}).status == 422
    assert {path.name for path in plan.iterdir()} == {
        "cases",
        "worklist.csv",
        "worklist.html",
        "worklist.json",
    }


def test_a_bomb_is_refused_before_it_is_unpacked(client: Client) -> None:
    """A header that promises more voxels than a scan has is not believed."""
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.uint8)
    header.set_data_shape((32767, 32767, 32767))
    bomb = gzip.compress(bytes(header.binaryblock) + bytes(10_000_000))
    reply = save(client, "P001_00", bomb)
    assert (reply.status, reply.json()["code"]) == (422, "SOURCE_TOO_LARGE")


def test_the_oldest_session_goes_when_one_too_many_comes(client: Client) -> None:
    """Only so many images of clients are kept."""
    keys = [
        client.send("PUT", "/session/", {}, {"files": ("a.nii", b"x")}).json()["session_id"]
        for _ in range(MOST_SESSIONS + 1)
    ]
    kept = [client.call("GET", f"/session/{key}").status for key in keys]
    assert kept == [404, *[200] * MOST_SESSIONS]


def test_what_is_done_elsewhere_says_where(client: Client) -> None:
    """Adding images and training are commands, not calls."""
    added = client.send("PUT", "/datastore/?image=mine", {}, {"file": ("a.nii", b"x")})
    assert (added.status, "eupnea label plan" in added.json()["detail"]) == (405, True)
    started = client.call("POST", "/train/eupnea", {"client_id": "AB"})
    assert (started.status, "eupnea train" in started.json()["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/datastore/image?image=..%2F..%2Fworklist.json"),
        ("GET", "/datastore/label?label=P001_00"),
        ("POST", "/activelearning/random"),
        ("POST", "/infer/deepgrow?image=P001_00"),
        ("POST", "/infer/eupnea?image=P009_00"),
        ("GET", "/train/?check_if_running=true"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("DELETE", "/session/none"),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, method: str, path: str) -> None:
    """Unknown images, models and strategies; training; paths out of the plan."""
    assert client.call(method, path, {} if method == "POST" else None).status == 404
