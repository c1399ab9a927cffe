"""A token in every text of a CT, and none in anything that comes out."""

from __future__ import annotations

import base64
import gzip
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydicom import dcmread

from eupnea.analysis import Analysis
from eupnea.deidentify import Key, copy_files
from eupnea.errors import Refusal
from eupnea.pipeline import analyze
from eupnea.write import write_analysis
from support.canaries import Tokens, spoil
from support.ct import ct_series, put, save
from support.sick import sick_hu, thin_is_normal

KEY = Key(secret=b"a key that the tests share")
DAYS = {"a": "20200305", "b": "20200611"}
IN_A_PAGE = re.compile(rb"base64,([A-Za-z0-9+/=]+)")


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    """All tokens of the patient."""
    return Tokens()


@pytest.fixture(scope="module")
def source(tokens: Tokens, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two studies of one patient, below folders that bear tokens too."""
    root = tmp_path_factory.mktemp("source") / tokens("name of the source")
    patient = tokens("PatientID")
    for name, day in DAYS.items():
        slices = ct_series(
            hu=sick_hu(2 if name == "a" else 4), study=name, StudyDate=day, AcquisitionDate=day
        )
        spoil(slices, tokens)
        for one in slices:
            put(one, PatientID=patient, IssuerOfPatientID=patient)
        save(slices, root / tokens("name of a folder"))
    return root


@pytest.fixture(scope="module")
def analysis(source: Path) -> Analysis:
    """The analysis of the de-identified scans."""
    return analyze([source], organ=thin_is_normal(), key=KEY)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file below a folder: its name, its bytes, and what is packed in them."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        yield name, name.encode()
        if path.is_file():
            raw = path.read_bytes()
            yield name, raw
            yield from ((name, base64.b64decode(part)) for part in IN_A_PAGE.findall(raw))
            with suppress(OSError):
                yield name, gzip.decompress(raw)
            if b"encoding: gzip" in raw:
                yield name, gzip.decompress(raw.partition(b"\n\n")[2])


def leaks(folder: Path, tokens: Tokens) -> set[str]:
    """The places whose tokens are found, or whose identifiers are."""
    found = {place for _, raw in contents(folder) for place in tokens.found_in(raw)}
    old = [str(one[key].value).encode() for one in _OLD for key in _UIDS]
    return found | {name for name, raw in contents(folder) if any(uid in raw for uid in old)}


_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_OLD = [ct_series(study=name)[4] for name in DAYS]


def test_the_source_is_full_of_tokens(source: Path, tokens: Tokens) -> None:
    """The test could fail: thousands of places are spoiled, and are seen where they are."""
    assert len(tokens.places) > 5000
    assert len(leaks(source, tokens)) > 5000


def test_no_output_holds_a_token(
    source: Path,
    analysis: Analysis,
    tokens: Tokens,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """SEG, SR, NIfTI, NRRD, JSON, CSV, the report, file names, logs and streams."""
    caplog.set_level(logging.DEBUG)
    assert len(analysis.scans) == 2
    write_analysis(analysis, tmp_path / "out")
    assert len(list((tmp_path / "out" / "dicom").iterdir())) == 5
    assert leaks(tmp_path / "out", tokens) == set()
    said = caplog.text + "".join(capfd.readouterr())
    assert tokens.found_in(said.encode()) == []
    assert "2020-03-05" not in (tmp_path / "out" / "analysis.json").read_text()
    del source


def test_no_copy_holds_a_token(source: Path, tokens: Tokens, tmp_path: Path) -> None:
    """Nor do the copies, their names, their preambles and their file meta."""
    account = copy_files([source], tmp_path / "copies", KEY)
    assert account == {"copied": 32}
    assert leaks(tmp_path / "copies", tokens) == set()
    patient = {path.name for path in (tmp_path / "copies").iterdir()}
    assert patient == {KEY.pseudonym(next(iter_patient(source)))}


def iter_patient(source: Path) -> Iterator[str]:
    """The patient's old number."""
    yield from (str(dcmread(path).PatientID) for path in sorted(source.rglob("*.dcm"))[:1])


@pytest.mark.parametrize("spoiled", ["gap", "patients", "torn", "text"])
def test_no_refusal_holds_a_token(
    tokens: Tokens, tmp_path: Path, caplog: pytest.LogCaptureFixture, spoiled: str
) -> None:
    """Whatever is wrong with the scans, the message names no file and no word of theirs."""
    caplog.set_level(logging.DEBUG)
    slices = ct_series(PatientID=tokens("PatientID of a refused scan"))[:12]
    spoil(slices, tokens)
    if spoiled == "gap":
        del slices[4:7]
    if spoiled == "patients":
        put(slices[3], PatientID=tokens("PatientID of another"))
    if spoiled == "text":
        slices[3].add_new("ImagePositionPatient", "LO", tokens("a position"))
    folder = save(slices, tmp_path / tokens("name of a refused folder"))
    if spoiled == "torn":
        path = folder / "IM0003.dcm"
        path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(Refusal) as caught:
        analyze([folder], organ=thin_is_normal(), key=KEY)
    assert tokens.found_in(_told(caught.value).encode()) == []
    assert tokens.found_in(caplog.text.encode()) == []


def _told(error: BaseException | None) -> str:
    """What an exception says, and those that a traceback would show with it."""
    if error is None:
        return ""
    shown = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{error!r} {error} {_told(shown)}"


def test_a_refused_scan_beside_a_good_one_tells_nothing(
    source: Path, tokens: Tokens, tmp_path: Path
) -> None:
    """What is left out is named by numbers, in the analysis as in the account of files."""
    slices = ct_series(
        study="c", AcquisitionDate="20201001", StudyDate="20201001",
        PatientID=next(iter_patient(source)),
    )  # fmt: skip
    folder = save(slices[:12:2], tmp_path / tokens("name of another folder"))
    found = analyze([min(source.iterdir()), folder], organ=thin_is_normal(), key=KEY)
    (refused,) = found.refused
    told = f"{refused} {found.files}"
    assert refused.code == "SLICES_TOO_FEW"
    assert tokens.found_in(told.encode()) == []
    assert refused.source.startswith("source2/")


def test_without_deidentify_only_objects_name_the_patient(
    source: Path, tokens: Tokens, tmp_path: Path
) -> None:
    """Outside of DICOM objects, nothing of the patient's and physicians' names comes out."""
    write_analysis(analyze([min(source.iterdir())], organ=thin_is_normal()), tmp_path / "out")
    allowed = {
        "Manufacturer", "ManufacturerModelName", "ConvolutionKernel", "PatientPosition",
        "name of the source", "name of a folder", "ContrastBolusAgent",
    }  # fmt: skip
    for name, raw in contents(tmp_path / "out"):
        if not name.startswith("dicom"):
            assert set(tokens.found_in(raw)) <= allowed, name
