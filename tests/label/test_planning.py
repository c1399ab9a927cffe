"""The plan: one image, one side, one folder to draw in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from eupnea.errors import Refusal, UsageError
from eupnea.label.plan import LabelType, Reason, Strategy, Thresholds
from eupnea.label.planning import plan_labels
from eupnea.label.worklist import WorkItem, Worklist
from eupnea.organ import Organ
from support.ct import ct_series, save
from support.sick import sick_hu

Draw = Callable[[str, int], Path]
CUTS = Thresholds(size_ml=200.0, count=3, fraction=0.05)


def by_source(worklist: Worklist) -> dict[str, WorkItem]:
    """The images by the name of their source."""
    return {Path(item.source).name: item for item in worklist.items}


def test_large_disease_is_drawn_from_the_normal_side(
    draw: Draw, organ: Organ, tmp_path: Path
) -> None:
    """One row of 96 ml is small and few; four rows of 384 ml are large."""
    sources = [draw("slight.nii.gz", 1), draw("large.nii.gz", 4)]
    planned = by_source(plan_labels(sources, tmp_path / "out", organ=organ, thresholds=CUTS))
    assert planned["slight.nii.gz"].label_type is LabelType.ABNORMAL
    assert planned["large.nii.gz"].label_type is LabelType.NORMAL
    assert planned["large.nii.gz"].largest_ml == pytest.approx(8 * 4 * 3 * 4.0)


def test_by_share_no_threshold_decides(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """The smaller side is drawn, and the worklist says so."""
    cuts = Thresholds(size_ml=1.0)
    worklist = plan_labels(
        [draw("slight.nii.gz", 1)],
        tmp_path / "out",
        organ=organ,
        thresholds=cuts,
        strategy=Strategy.SHARE,
    )
    item = worklist.items[0]
    assert (item.label_type, item.reason) == (LabelType.ABNORMAL, Reason.LESS)
    assert "less than half" in item.sentence
    assert "takes less of the lung" in (tmp_path / "out" / "worklist.html").read_text()


def test_prelabel_is_the_side_to_draw_on_the_source_grid(
    draw: Draw, organ: Organ, tmp_path: Path
) -> None:
    """Scan, organ and prelabel share one grid; normal is 1, abnormal is 2."""
    source = draw("large.nii.gz", 4)
    worklist = plan_labels([source], tmp_path / "out", organ=organ, thresholds=CUTS)
    folder = tmp_path / "out" / worklist.items[0].folder
    scan, roi, drawn = (
        nibabel.load(folder / name) for name in ("ct.nii.gz", "roi.nii.gz", "normal.nii.gz")
    )
    np.testing.assert_allclose(scan.affine, nibabel.load(source).affine, atol=1e-5)
    np.testing.assert_array_equal(drawn.affine, scan.affine)
    hu = np.asarray(scan.dataobj)
    np.testing.assert_array_equal(
        np.asarray(drawn.dataobj), (hu < -700) & (np.asarray(roi.dataobj) == 1)
    )
    assert '"normal lung"' in (folder / "labels.txt").read_text()


def test_scans_of_one_folder_are_one_patient(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """The later scan knows how much the abnormal share changed."""
    draw("one/a_2020-01-01.nii.gz", 1)
    folder = draw("one/b_2020-02-01.nii.gz", 3).parent
    worklist = plan_labels([folder], tmp_path / "out", organ=organ)
    first, second = sorted(worklist.items, key=lambda item: item.case)
    assert (first.case, second.case) == ("P001_00", "P001_01")
    assert first.change is None
    assert second.change == pytest.approx(second.fraction - first.fraction, abs=1e-5)
    assert 0 < (first.uncertainty or 0) < (second.uncertainty or 0)


def test_a_patient_that_is_refused_does_not_lose_the_others(
    draw: Draw, organ: Organ, tmp_path: Path
) -> None:
    """The one is planned, the other named."""
    (tmp_path / "empty").mkdir()
    sources = [tmp_path / "empty", draw("a.nii.gz", 1)]
    worklist = plan_labels(sources, tmp_path / "out", organ=organ)
    assert [item.patient for item in worklist.items] == ["P002"]
    assert [one.code for one in worklist.left_out] == ["NO_CT"]


def test_nothing_to_plan_is_refused_and_leaves_nothing(organ: Organ, tmp_path: Path) -> None:
    """Without an image there is no folder."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="NO_CT"):
        plan_labels([tmp_path / "empty"], tmp_path / "out", organ=organ)
    assert not (tmp_path / "out").exists()


def test_drawn_labels_are_never_overwritten(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """A second plan needs a folder of its own."""
    source = draw("a.nii.gz", 1)
    plan_labels([source], tmp_path / "out", organ=organ)
    with pytest.raises(UsageError, match="not an empty folder"):
        plan_labels([source], tmp_path / "out", organ=organ)


def test_same_scans_same_bytes(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """Two plans of the same sources are one."""
    sources = [draw("a.nii.gz", 1), draw("b.nii.gz", 4)]
    for out in ("one", "two"):
        plan_labels(sources, tmp_path / out, organ=organ)
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) == 3 + 2 * 5
    for path in files:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes()


def test_a_worklist_is_read_as_it_was_written(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """JSON in, the same worklist out; its schema is named."""
    worklist = plan_labels([draw("a.nii.gz", 2)], tmp_path / "out", organ=organ)
    assert Worklist.read(tmp_path / "out") == worklist
    assert json.loads((tmp_path / "out" / "worklist.json").read_text())["schema"] == (
        "eupnea/worklist/1"
    )
    with pytest.raises(Refusal, match="SOURCE_MISSING"):
        Worklist.read(tmp_path)


def test_page_escapes_what_the_user_named(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """A path cannot become markup, and the page asks no other address for anything."""
    source = draw("<img src=x onerror=alert(1)>.nii.gz", 2)
    plan_labels([source], tmp_path / "out", organ=organ)
    page = (tmp_path / "out" / "worklist.html").read_text()
    assert "<img" not in page
    assert "&lt;img" in page
    assert "http:" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page.replace("&#39;", "'")


def test_table_runs_no_formula(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """A patient's folder named like a formula stays text in a spreadsheet."""
    worklist = plan_labels([draw("a.nii.gz", 1)], tmp_path / "out", organ=organ)
    item = worklist.items[0].model_copy(update={"source": "=cmd"})
    rows = worklist.model_copy(update={"items": (item,)}).to_csv()
    assert ",'=cmd," in rows


def test_dicom_sources_get_dicom_prelabels(organ: Organ, tmp_path: Path) -> None:
    """A scan that came as DICOM goes back as Segmentations of the organ and of both sides."""
    source = save(ct_series(hu=sick_hu(2)), tmp_path / "series")
    worklist = plan_labels([source], tmp_path / "out", organ=organ)
    folder = tmp_path / "out" / worklist.items[0].folder / "dicom"
    written = {path.name: dcmread(path).Modality for path in folder.iterdir()}
    assert written == {"seg_00_organ.dcm": "SEG", "seg_00_tissue.dcm": "SEG"}
