"""The pages, and the way in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from eupnea.web.pages import SCRIPTS
from support.monai import Client
from support.sites import ANALYSES, ask_for, measuring, wait_for

SESAME = "open sesame"
HTML = {"accept": "text/html"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Client]:
    """A client of a server without a token."""
    with measuring(tmp_path) as client:
        yield client


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Client]:
    """A client of a server with a token."""
    with measuring(tmp_path, token=SESAME) as client:
        yield client


def test_a_page_holds_no_script_and_names_no_other_site(site: Client) -> None:
    """All it loads is the server's own, and there."""
    key = ask_for(site, name="p7")
    wait_for(site, key, "measured")
    refused = ask_for(site, name="refused")
    wait_for(site, refused, "refused")
    waiting = site.call("POST", ANALYSES, {}).json()["id"]
    for path in ("/", "/login", *(f"/analyses/{one}" for one in (key, refused, waiting))):
        page = site.call("GET", path, headers=HTML)
        text = page.body.decode()
        if path == "/login":
            assert page.status == 303
            continue
        assert page.status == 200
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "://" not in text
        assert not re.search(r"<script[^>]*>[^<]|\son\w+=|style=", text)
        for loaded in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
            assert site.call("GET", loaded).status == 200


def test_what_a_client_wrote_is_text(site: Client) -> None:
    """A name is shown as it is, and never read as markup."""
    evil = "<img src=x onerror=alert(1)>"
    key = ask_for(site, name=evil)
    wait_for(site, key, "measured")
    page = site.call("GET", f"/analyses/{key}", headers=HTML).body.decode()
    assert evil not in page
    assert "&lt;img src=x" in page


def test_the_report_opens_and_runs_nothing(site: Client) -> None:
    """Its own policy is narrower than that of its address."""
    key = ask_for(site, name="p7")
    wait_for(site, key, "measured")
    report = site.call("GET", f"{ANALYSES}/{key}/files/report.html")
    assert report.headers["content-type"].startswith("text/html")
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]


def test_a_reader_is_sent_to_the_way_in(locked: Client) -> None:
    """A browser is; a program is told that it needs a token."""
    page = locked.call("GET", "/", headers=HTML)
    assert (page.status, page.headers["location"]) == (303, "/login")
    assert locked.call("GET", ANALYSES).status == 401
    assert locked.call("GET", "/login", headers=HTML).status == 200


@pytest.mark.parametrize("by", ["typed", "opened"])
def test_the_password_is_exchanged_for_a_cookie(locked: Client, by: str) -> None:
    """Scripts cannot read it, and other sites' pages do not send it."""
    if by == "typed":
        assert locked.call("POST", "/login", {"token": "guess"}).status == 401
        way_in = locked.call("POST", "/login", {"token": SESAME})
    else:
        assert locked.call("GET", "/login?password=guess").status == 200
        way_in = locked.call("GET", "/login?password=open%20sesame")
    cookie = way_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    bearing = {"cookie": cookie.partition(";")[0]}
    assert locked.call("GET", ANALYSES, headers=bearing).status == 200
    assert locked.call("GET", ANALYSES, headers={"cookie": "eupnea=guess"}).status == 401


def test_scripts_are_those_of_the_package(site: Client) -> None:
    """Each file there is served, and nothing beside them."""
    kept = {path.name for path in (files("eupnea.web") / "static").iterdir()}
    assert set(SCRIPTS) == {name for name in kept if name.endswith(".js")}
    for name in SCRIPTS:
        assert site.call("GET", f"/static/{name}").status == 200
    for name in ("../pages.py", "%2e%2e/pages.py", "none.js", "NIIVUE-LICENSE"):
        assert site.call("GET", f"/static/{name}").status == 404
