"""The application in a real browser, as a reader uses it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from support.monai import Client
from support.sites import measuring

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

CHROMIUM = shutil.which("chromium")
SESAME = "open sesame"
NO_GPU = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WAIT_MS = 60_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@dataclass(kw_only=True)
class Reader:
    """A page of a browser, and what went wrong in it."""

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every error, dialog, and call to another address."""
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        self.page.on("request", lambda request: self._judge(request.url))
        self.page.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self.problems.append(text)

    def _judge(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.problems.append(url)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Client]:
    """A server that asks for a password."""
    with measuring(tmp_path / "kept", token=SESAME) as client:
        yield client


@pytest.fixture
def reader(site: Client) -> Iterator[Reader]:
    """A browser without a graphics card."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=NO_GPU)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(WAIT_MS)
        ready = Reader(page=page, address=f"http://127.0.0.1:{site.port}")
        ready.watch()
        yield ready
        browser.close()


def test_scans_are_sent_measured_and_looked_at(reader: Reader, tmp_path: Path) -> None:
    """From the password to the place of a region in both scans; nothing goes wrong on the way."""
    page = reader.page
    page.goto(reader.address)
    page.fill("#token", SESAME)
    page.click("text=Enter")
    page.wait_for_url(f"{reader.address}/")
    sources = [tmp_path / "p7_2020-03-05.nii.gz", tmp_path / "p7_20200611.nii.gz"]
    for source in sources:
        source.write_bytes(b"an image")
    page.set_input_files("#files", sources)
    dates = page.locator("#dates input")
    assert [dates.nth(n).input_value() for n in (0, 1)] == ["2020-03-05", "2020-06-11"]
    page.fill("#name", "p7 <b>")
    page.click("#measure")
    page.wait_for_selector("#viewer[data-state=ready]")
    assert page.locator(".pane").count() == 2
    assert page.locator(".mast span").inner_text() == "p7 <b>"
    chosen = page.locator("#rows tr", has_text="R2")
    chosen.click()
    for n in (0, 1):
        playwright.expect(page.locator(".place").nth(n)).to_contain_text("HU at")
    assert _orange(page) > 50
    page.uncheck("#abnormal")
    page.wait_for_timeout(500)
    assert _orange(page) == 0
    page.goto(reader.address)
    page.wait_for_selector("#analyses td.state.measured")
    assert reader.problems == []


def _orange(page: Page) -> int:
    """Pixels of both pictures in the colour that marks the abnormal."""
    page.wait_for_timeout(500)
    shots = [page.locator("canvas").nth(n).screenshot() for n in (0, 1)]
    pictures = [np.asarray(Image.open(BytesIO(shot)).convert("RGB"), int) for shot in shots]
    return sum(int(np.count_nonzero(one[..., 0] - one[..., 2] > 40)) for one in pictures)


def test_a_refusal_is_told(reader: Reader, tmp_path: Path) -> None:
    """With its code, and what was expected."""
    page = reader.page
    page.goto(f"{reader.address}/login?password=open+sesame")
    source = tmp_path / "IM1"
    source.write_bytes(b"DICM")
    page.set_input_files("#files", source)
    page.fill("#name", "refused")
    page.click("#measure")
    page.wait_for_selector("text=It cannot be measured safely")
    assert page.locator("code").inner_text() == "NO_CT"
    assert reader.problems == []
