"""`report.html`."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eupnea.analysis import Analysis, InputFile, RefusedScan
from eupnea.note import Note, Severity
from eupnea.write.document import AnalysisDocument
from eupnea.write.report import render_report

VOID = {"meta", "br"}
EVIL = "<img src=x onerror=alert(1)>"


def _render(analysis: Analysis) -> str:
    return render_report(analysis, AnalysisDocument.of(analysis))


@pytest.fixture(scope="module")
def page(analysis: Analysis) -> str:
    """The report of the hand-made patient."""
    return _render(analysis)


class _Nesting(HTMLParser):
    """Checks that every element is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_well_formed_and_self_contained(page: str) -> None:
    """Every element is closed, and every address is data inside the page."""
    parser = _Nesting()
    parser.feed(page)
    assert not parser.open
    assert parser.addresses
    assert all(address.startswith("data:image/") for address in parser.addresses)
    assert not re.search(r"https?://|<script|@import|url\((?!#)", page)


def test_policy_allows_only_its_own_style(page: str) -> None:
    """The content security policy names the digest of the style, and no script."""
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1]
    assert f"sha256-{digest}" in policy[1]
    assert not re.search(r"<[a-z]+[^>]* style=", page)


def test_same_analysis_same_page(analysis: Analysis, page: str) -> None:
    """The page holds no time, no chance and no order of hashing."""
    assert _render(analysis) == page


def test_tells_the_answer_first(page: str) -> None:
    """The sentence, the method and what it is not stand before any table."""
    head = page[: page.index("<table")]
    assert "the abnormal share of the lungs fell from 4.0" in head
    assert "by-hand" in head
    assert "region of interest \N{MINUS SIGN} normal region" in head
    assert "Not a medical device" in head
    assert "The lung bases are cut off." in head


@pytest.mark.parametrize(
    "poison",
    [
        lambda a: replace(a, refused=(RefusedScan(source=EVIL, code="NO_CT", text=EVIL),)),
        lambda a: replace(a, files=(InputFile(path=EVIL, used=False, reason=EVIL),)),
        lambda a: replace(a, normal_method=replace(a.normal_method, name=EVIL, summary=EVIL)),
        lambda a: replace(
            a, scans=(replace(a.scans[0], notes=(Note(code=EVIL, text=EVIL),)), *a.scans[1:])
        ),
        lambda a: replace(
            a,
            scans=(
                replace(a.scans[0], regions=(replace(a.scans[0].regions[0], id=EVIL, zone=EVIL),)),
                *a.scans[1:],
            ),
        ),
    ],
)
def test_text_is_never_markup(analysis: Analysis, poison: Callable[[Analysis], Analysis]) -> None:
    """A text from outside is shown as text, wherever it comes from."""
    assert "<img" not in _render(poison(analysis))


def test_a_note_about_several_changes_is_one_warning(page: str) -> None:
    """A caution about several changes is one line among the warnings, and stands with each."""
    first = page[: page.index("At a glance")]
    assert first.count("The second scan is less inspired.") == 1
    assert page.count("The second scan is less inspired.") == 4


def test_one_scan(analysis: Analysis) -> None:
    """A single scan has neither chart nor change, and says how much is abnormal."""
    page = _render(replace(analysis, scans=analysis.scans[:1], changes=()))
    assert "On 5 Mar 2020, 4.0" in page
    assert 'class="chart"' not in page


def test_nothing_abnormal(analysis: Analysis) -> None:
    """A healthy scan says so, and shows its pictures."""
    found = analysis.scans[0]
    empty = found.abnormal.mask - found.abnormal.mask
    healthy = replace(
        found,
        abnormal=replace(found.abnormal, mask=empty, volume_ml=0.0, fraction=0.0, interval_ml=None),
        regions=(),
        labels=found.labels * 0,
    )
    page = _render(replace(analysis, scans=(healthy,), changes=()))
    assert "no abnormal region was found" in page
    assert "<image" in page


def test_infos_are_no_warnings(analysis: Analysis) -> None:
    """What is said for the record stands with its scan, not among the warnings."""
    found = replace(
        analysis.scans[0], notes=(Note(code="FYI", text="By the way.", severity=Severity.INFO),)
    )
    page = _render(replace(analysis, scans=(found,), changes=()))
    assert page.index("By the way.") > page.index("1 of 1")


def test_certainty_is_told(analysis: Analysis, page: str) -> None:
    """The interval of the abnormal volume stands below it; a method without one says so."""
    assert "<small>166\N{EN DASH}176</small>" in page
    assert "gives no interval" not in page
    scans = tuple(
        replace(scan, abnormal=replace(scan.abnormal, interval_ml=None)) for scan in analysis.scans
    )
    assert "gives no interval" in _render(replace(analysis, scans=scans))


def test_every_history_is_pictured(page: str) -> None:
    """Each region has its lane and its strip, through all three scans."""
    assert page.count('class="history"') == 4
    assert page.count('class="strip strip-3"') == 4
    assert "not aligned" not in page
