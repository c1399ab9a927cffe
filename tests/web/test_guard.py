"""Who may talk to the server; every law on every route."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus, urlencode

import pytest

from eupnea.web.guard import LARGEST_BODY
from support.monai import Client, serving
from support.sites import ANALYSES, measuring

DRAWING = [
    ("GET", "/info/"),
    ("POST", "/activelearning/worklist"),
    ("GET", "/datastore/"),
    ("GET", "/datastore/image?image=P001_00"),
    ("GET", "/datastore/label?label=P001_00"),
    ("PUT", "/datastore/label?image=P001_00"),
    ("POST", "/infer/eupnea?image=P001_00"),
    ("PUT", "/session/"),
    ("GET", "/session/x"),
    ("DELETE", "/session/x"),
    ("GET", "/auth/"),
    ("POST", "/auth/token"),
    ("GET", "/auth/token/valid"),
    ("PUT", "/datastore/?image=mine"),
    ("GET", "/train/"),
    ("POST", "/train/eupnea"),
    ("GET", "/not-there"),
]
MEASURING = [
    ("GET", "/"),
    ("GET", "/analyses/0000000000000000"),
    ("GET", "/static/list.js"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", ANALYSES),
    ("POST", ANALYSES),
    ("GET", f"{ANALYSES}/0000000000000000"),
    ("DELETE", f"{ANALYSES}/0000000000000000"),
    ("POST", f"{ANALYSES}/0000000000000000/start"),
    ("PUT", f"{ANALYSES}/0000000000000000/sources/0"),
    ("GET", f"{ANALYSES}/0000000000000000/files"),
    ("GET", f"{ANALYSES}/0000000000000000/files/analysis.json"),
    ("GET", f"{ANALYSES}/0000000000000000/result.zip"),
    ("GET", f"{ANALYSES}/0000000000000000/scans/0/ct.nii.gz"),
    ("GET", "/not-there"),
]
SESAME = "open sesame"
OPEN = {"/auth/", "/auth/token", "/login", "/static/list.js"}


@pytest.fixture
def locked(plan: Path, tmp_path: Path) -> Iterator[Client]:
    """A client of a server with a token."""
    with serving(plan, tmp_path / "labels", token=SESAME) as ready:
        yield ready


@dataclass(frozen=True, kw_only=True)
class Site:
    """A server, without and with a token, and all that it answers."""

    client: Client
    locked: Client
    routes: list[tuple[str, str]]


@pytest.fixture(params=["drawing", "measuring"])
def site(request: pytest.FixtureRequest, plan: Path, tmp_path: Path) -> Iterator[Site]:
    """Either of the two servers."""
    if request.param == "drawing":
        kept = tmp_path / "labels"
        open_server, locked_server = serving(plan, kept), serving(plan, kept, token=SESAME)
    else:
        open_server = measuring(tmp_path / "open")
        locked_server = measuring(tmp_path / "locked", token=SESAME)
    with open_server as client, locked_server as locked:
        routes = DRAWING if request.param == "drawing" else MEASURING
        yield Site(client=client, locked=locked, routes=routes)


def test_no_other_host_is_answered(site: Site) -> None:
    """A name that was bent to this machine (DNS rebinding) gets nothing, on any route."""
    for method, path in site.routes:
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", ""):
            assert site.client.call(method, path, headers={"host": host}).status == 400
    for host in ("localhost", "127.0.0.1:1", "[::1]:8000", "LOCALHOST:80"):
        assert site.client.call(*site.routes[0], headers={"host": host}).status == 200


def test_no_other_site_is_answered(site: Site) -> None:
    """A page of another site can neither read nor write, nor learn that it may."""
    for method, path in site.routes:
        for headers in (
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ):
            reply = site.client.call(method, path, headers=headers)
            assert reply.status == 403
            assert not any(key.startswith("access-control") for key in reply.headers)
    preflight = {"origin": "http://evil.example", "access-control-request-method": "PUT"}
    assert site.client.call("OPTIONS", site.routes[0][1], headers=preflight).status == 403


def test_a_form_of_any_page_cannot_write(site: Site) -> None:
    """Plain text is what a page may post unasked; it is refused."""
    for method, path in site.routes:
        if method in ("POST", "PUT"):
            reply = site.client.call(method, path, b"{}", {"content-type": "text/plain"})
            assert reply.status == 403


def test_without_the_token_nothing_is_told(site: Site) -> None:
    """All routes but those that hand the token out."""
    for method, path in site.routes:
        if path not in OPEN:
            for bearing in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}):
                assert site.locked.call(method, path, headers=bearing).status == 401


def test_a_client_gets_the_token_for_the_password(locked: Client) -> None:
    """As the module logs in: asks whether it must, sends the password, bears the token."""
    assert locked.call("GET", "/auth/").json()["enabled"] is True
    form = {"content-type": "application/x-www-form-urlencoded"}
    wrong = urlencode({"username": "AB", "password": "guess", "grant_type": "password"})
    assert locked.call("POST", "/auth/token", wrong.encode(), form).status == 401
    right = urlencode({"username": "AB", "password": SESAME, "grant_type": "password"})
    token = locked.call("POST", "/auth/token", right.encode(), form).json()["access_token"]
    bearing = {"authorization": f"Bearer {token}"}
    assert locked.call("GET", "/auth/token/valid", headers=bearing).status == 200
    assert locked.call("GET", "/info/", headers=bearing).status == 200


def test_a_ticket_fetches_its_image_and_nothing_else(locked: Client) -> None:
    """As the module downloads: by the name that it was told, without the token."""
    bearing = {"authorization": f"Bearer {SESAME}"}
    sample = locked.call("POST", "/activelearning/worklist", {"client_id": "AB"}, bearing).json()
    case, _, seal = sample["id"].partition("~")
    other = "P002_00" if case == "P001_00" else "P001_00"
    fetch = "/datastore/image?image="
    assert locked.call("GET", fetch + quote_plus(sample["id"])).status == 200
    for name in (case, f"{case}~", f"{case}~{seal[:-1]}0", f"{other}~{seal}", f"{other}~é"):
        assert locked.call("GET", fetch + quote_plus(name)).status == 401
    for method, path in (("GET", "/datastore/label?image="), ("POST", "/infer/eupnea?image=")):
        assert locked.call(method, path + quote_plus(sample["id"])).status == 401
    inferred = f"/infer/eupnea?output=image&image={quote_plus(sample['id'])}"
    head = {**bearing, "content-length": "0"}
    assert locked.call("POST", inferred, headers=head).status == 200


def test_no_connection_is_upgraded(client: Client) -> None:
    """There is no web socket, for any name or site."""
    for host in ("evil.example", "localhost"):
        asked = {
            "host": host,
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        assert client.call("GET", "/not-there", headers=asked).status in (400, 404)


def test_what_is_too_large_is_not_read(client: Client) -> None:
    """The length is asked before the bytes."""
    for length, status in ((str(LARGEST_BODY + 1), b"413"), ("x", b"4"), (None, b"411")):
        head = "PUT /session/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data"
        head += "\r\n" if length is None else f"\r\nContent-Length: {length}\r\n"
        head += "Transfer-Encoding: chunked\r\n" if length is None else ""
        with socket.create_connection(("127.0.0.1", client.port), timeout=10) as raw:
            raw.sendall(f"{head}\r\n".encode())
            assert raw.recv(100).split()[1].startswith(status)


def test_every_answer_is_cautious(site: Site) -> None:
    """No sniffing, no framing, no caching, no script."""
    for method, path in site.routes:
        headers = site.client.call(method, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
