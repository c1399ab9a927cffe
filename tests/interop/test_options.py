"""What the options of `eupnea analyze` make of the objects, from the command line to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from typer import Typer
from typer.testing import CliRunner, Result

from eupnea.cli.analyze import analyze
from eupnea.errors import Refusal, RefusalCode
from support.ct import ct_series, save
from support.nifti import save_nifti
from support.sick import thin_is_normal


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An organ that is found in a small chest."""
    monkeypatch.setattr("eupnea.cli.run.find_organ", lambda *_, **__: thin_is_normal())


def run(source: Path, out: Path, *options: str | Path) -> Result:
    """The command in this process."""
    app = Typer()
    app.command()(analyze)
    arguments = [source, "--out", out, *options]
    return CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)


def objects(out: Path) -> list[Dataset]:
    """All that was written as DICOM."""
    return [dcmread(path) for path in sorted((out / "dicom").iterdir())]


@pytest.mark.usefixtures("quick")
def test_label_maps_when_asked_for(tmp_path: Path) -> None:
    """`--seg labelmap` stores tissue in one map; the default is binary."""
    source = save(ct_series(), tmp_path / "source")
    for option, kind in (("binary", "BINARY"), ("labelmap", "LABELMAP")):
        assert run(source, tmp_path / option, "--seg", option).exit_code == 0
        organ, tissue = objects(tmp_path / option)
        assert (organ.SegmentationType, tissue.SegmentationType) == ("BINARY", kind)


@pytest.mark.usefixtures("quick")
def test_gaps_are_filled_when_asked_for(tmp_path: Path) -> None:
    """`--fill-gaps` measures a series that lacks one slice, with the warning in the document."""
    slices = ct_series()
    del slices[6]
    source = save(slices, tmp_path / "source")
    assert run(source, tmp_path / "out", "--fill-gaps").exit_code == 0
    document = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert "SLICES_FILLED" in {note["code"] for note in document["scans"][0]["notes"]}


@pytest.mark.usefixtures("quick")
def test_one_of_two_orientations_when_named(tmp_path: Path) -> None:
    """`--nifti-affine` decides where a file contradicts itself; `run.json` says how."""
    source = save_nifti(tmp_path / "ct_2020-03-05.nii", quatern_d=0.0)
    with pytest.raises(Refusal) as caught:
        run(source, tmp_path / "out")
    assert caught.value.code is RefusalCode.BAD_AFFINE
    assert "--nifti-affine" in str(caught.value)
    assert run(source, tmp_path / "out", "--nifti-affine", "qform", "--harmonise").exit_code == 0
    options = json.loads((tmp_path / "out" / "run.json").read_text())["options"]
    assert (options["nifti_affine"], options["harmonise"]) == ("qform", "yes")
    assert (options["fill_gaps"], options["same_patient"]) == ("no", "no")


@pytest.mark.usefixtures("quick")
def test_no_patient_when_asked_for(tmp_path: Path) -> None:
    """`--deidentify` makes a key where there is none, and the same names under the same key."""
    source = save(ct_series(PatientName="Doe^Jane"), tmp_path / "jane_doe")
    key = tmp_path / "key"
    patients = set()
    for out in (tmp_path / "one", tmp_path / "two"):
        assert run(source, out, "--deidentify", "--key", key).exit_code == 0
        patients |= {one.PatientID for one in objects(out)}
        assert all(one.PatientIdentityRemoved == "YES" for one in objects(out))
        record = json.loads((out / "run.json").read_text())
        assert record["options"]["deidentify"] == "yes"
        assert {file["path"].split("/")[0] for file in record["files"]} == {"source1"}
    assert len(patients) == 1


@pytest.mark.usefixtures("quick")
def test_two_numbers_of_one_patient_need_a_word(tmp_path: Path) -> None:
    """Scans of two hospitals are refused, and nothing is written, unless the user vouches."""
    save(ct_series(study="a"), tmp_path / "source" / "a")
    other = ct_series(study="b", PatientID="elsewhere-9", AcquisitionDate="20200611")
    save(other, tmp_path / "source" / "b")
    with pytest.raises(Refusal) as caught:
        run(tmp_path / "source", tmp_path / "out")
    assert caught.value.code is RefusalCode.PATIENT_MIXED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]
    vouched = ("--same-patient", "--deidentify", "--key", tmp_path / "key")
    assert run(tmp_path / "source", tmp_path / "out", *vouched).exit_code == 0
    document = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert document["changes"][0]["days"] == 98.0
