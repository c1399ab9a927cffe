"""Labels come back: the drawn side becomes a normal region, bad files are named."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from eupnea.errors import OutputError, Refusal, UsageError
from eupnea.label.collecting import Collected, collect_labels
from eupnea.label.learning_set import LearningSet
from eupnea.label.plan import Thresholds
from eupnea.label.planning import plan_labels
from eupnea.label.values import LabelValue
from eupnea.label.worklist import Worklist
from eupnea.organ import Organ
from eupnea.train.cases import Datalist
from support.ct import ct_series
from support.ct import save as save_series
from support.sick import sick_hu

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
CUTS = Thresholds(size_ml=200.0, count=3, fraction=0.05)
SLIGHT, LARGE = "P001_00", "P002_00"

Draw = Callable[[str, int], Path]


@pytest.fixture
def plan(draw: Draw, organ: Organ, tmp_path: Path) -> Path:
    """Two images: `SLIGHT` is to be drawn abnormal, `LARGE` normal."""
    sources = [draw("slight.nii.gz", 1), draw("large.nii.gz", 4)]
    plan_labels(sources, tmp_path / "plan", organ=organ, thresholds=CUTS)
    return tmp_path / "plan"


def load(path: Path) -> NDArray[np.uint8]:
    """The voxels of a file, in the order of the file."""
    return np.asarray(nibabel.load(path).dataobj).astype(np.uint8)


def save(plan: Path, case: str, values: NDArray[np.generic], name: str | None = None) -> Path:
    """A label file on the image's grid, as a drawing tool saves it."""
    affine = nibabel.load(plan / "cases" / case / "ct.nii.gz").affine
    path = plan.parent / "drawn" / (name or f"{case}.nii.gz")
    path.parent.mkdir(exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(values, affine), path)
    return path


def collect(plan: Path, *drawn: Path, reader: str = "AB") -> Collected:
    """Collect into `learn` beside the plan."""
    return collect_labels(plan, drawn, plan.parent / "learn", reader=reader, when=NOON)


def final(plan: Path, case: str) -> NDArray[np.uint8]:
    """The label that is trained on."""
    return load(plan.parent / "learn" / "Dataset501_EupneaLung" / "labelsTr" / f"{case}.nii.gz")


@pytest.mark.parametrize("side", [LabelValue.NORMAL, LabelValue.ABNORMAL])
def test_either_side_gives_the_same_normal_region(plan: Path, side: LabelValue) -> None:
    """Normal, or the organ without abnormal: one label, one version."""
    roi = load(plan / "cases" / LARGE / "roi.nii.gz") > 0
    normal = load(plan / "cases" / LARGE / "normal.nii.gz") > 0
    drawn = normal if side is LabelValue.NORMAL else roi & ~normal
    found = collect(plan, save(plan, LARGE, drawn * np.uint8(side)))
    assert not found.problems
    np.testing.assert_array_equal(
        load(plan.parent / "learn" / "normal" / f"{LARGE}.nii.gz") > 0, normal
    )
    np.testing.assert_array_equal(final(plan, LARGE), np.where(roi, np.where(normal, 1, 2), 0))


def test_only_some_slices_drawn_are_used(plan: Path) -> None:
    """Slices without any normal voxel were not judged; the rest counts."""
    roi = load(plan / "cases" / LARGE / "roi.nii.gz") > 0
    values = load(plan / "cases" / LARGE / "normal.nii.gz")
    values[:, :, 8:] = 0
    found = collect(plan, save(plan, LARGE, values))
    label = final(plan, LARGE)
    assert (label[:, :, 8:][roi[:, :, 8:]] == LabelValue.UNJUDGED).all()
    assert not (label[:, :, :8] == LabelValue.UNJUDGED).any()
    assert "was not judged" in found.added[0].notes[0]


def test_marked_voxels_stay_not_judged(plan: Path) -> None:
    """What the reader marked with 3 is neither side."""
    values = load(plan / "cases" / SLIGHT / "abnormal.nii.gz")
    roi = load(plan / "cases" / SLIGHT / "roi.nii.gz") > 0
    values[roi & (values == 0) & (np.arange(16) > 12)] = 3
    collect(plan, save(plan, SLIGHT, values))
    label = final(plan, SLIGHT)
    assert (label[values == 3] == LabelValue.UNJUDGED).all()
    assert (label[roi & (values == 0)] == LabelValue.NORMAL).all()


def spoil_value(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A value that means nothing."""
    return values * np.uint8(7)


def spoil_empty(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Nothing drawn."""
    return np.zeros_like(values)


def spoil_beyond(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drawn far beyond the organ."""
    return np.ones_like(values)


def spoil_grid(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drawn on a scan with one more slice."""
    return np.concatenate([values, values[..., -1:]], axis=-1)


@pytest.mark.parametrize(
    ("spoil", "code", "text"),
    [
        (spoil_value, "LABEL_INVALID", "found 14"),
        (spoil_empty, "LABEL_INVALID", "an empty label"),
        (spoil_beyond, "LABEL_INVALID", "beyond the organ"),
        (spoil_grid, "GEOMETRY_MISMATCH", "the scan's grid"),
    ],
)
def test_a_bad_label_is_named_and_the_others_are_kept(
    plan: Path, spoil: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], code: str, text: str
) -> None:
    """One file is refused with its code; the other becomes a label."""
    values = load(plan / "cases" / SLIGHT / "abnormal.nii.gz")
    bad = save(plan, SLIGHT, spoil(values))
    good = save(plan, LARGE, load(plan / "cases" / LARGE / "normal.nii.gz"))
    found = collect(plan, bad, good)
    assert [(one.file, one.code) for one in found.problems] == [(bad.name, code)]
    assert text in found.problems[0].text
    assert [record.case for record in found.added] == [LARGE]


def test_files_that_are_no_labels_are_named(plan: Path) -> None:
    """An unknown image, a missing file, and a file that is no image."""
    stray = save(plan, SLIGHT, np.ones((2, 2, 2), np.uint8), "other.nii.gz")
    text = plan.parent / "drawn" / f"{SLIGHT}.nii.gz"
    text.write_text("no image")
    found = collect(plan, stray, text, plan.parent / f"{LARGE}.nii.gz")
    assert [problem.code for problem in found.problems] == [
        "LABEL_INVALID",
        "SOURCE_UNREADABLE",
        "SOURCE_MISSING",
    ]
    assert not (plan.parent / "learn").exists()


def test_two_files_of_one_image_are_laid_together(plan: Path) -> None:
    """Both sides in two files; where they overlap, the image is refused."""
    roi = load(plan / "cases" / LARGE / "roi.nii.gz") > 0
    normal = load(plan / "cases" / LARGE / "normal.nii.gz") > 0
    one = save(plan, LARGE, normal.astype(np.uint8), f"{LARGE}_normal.nii.gz")
    other = save(plan, LARGE, (roi & ~normal) * np.uint8(2), f"{LARGE}_abnormal.nii.gz")
    assert collect(plan, one, other).added[0].unjudged_ml == 0
    other = save(plan, LARGE, roi * np.uint8(2), f"{LARGE}_abnormal.nii.gz")
    assert "drawn as both" in collect(plan, one, other).problems[0].text


def test_prelabels_that_nobody_touched_are_no_labels(plan: Path) -> None:
    """The plan's own folder, as it was written, holds no label; drawn in place, it does."""
    found = collect(plan, plan)
    assert (found.added, found.problems) == ((), ())
    assert set(found.untouched) == {SLIGHT, LARGE}
    path = plan / "cases" / SLIGHT / "abnormal.nii.gz"
    image = nibabel.load(path)
    values = load(path)
    values[np.argwhere(values)[0][0], :, :] = 0
    nibabel.save(nibabel.Nifti1Image(values, image.affine), path)
    assert [record.case for record in collect(plan, plan).added] == [SLIGHT]


def test_the_prelabel_of_another_image_is_no_label(plan: Path) -> None:
    """On one grid it would fit; it was drawn on another scan all the same."""
    other = plan.parent / "drawn" / f"{SLIGHT}.nii.gz"
    other.parent.mkdir()
    other.write_bytes((plan / "cases" / LARGE / "normal.nii.gz").read_bytes())
    found = collect(plan, other)
    assert [problem.code for problem in found.problems] == ["LABEL_INVALID"]
    assert f"the prelabel of {LARGE}" in found.problems[0].text


def test_a_dicom_plan_is_drawn_as_dicom(organ: Organ, tmp_path: Path) -> None:
    """The Segmentations beside the prelabel are none before they are changed; then they count."""
    source = save_series(ct_series(hu=sick_hu(2)), tmp_path / "series")
    plan_labels([source], tmp_path / "plan", organ=organ)
    found = collect(tmp_path / "plan", tmp_path / "plan")
    assert (found.added, found.problems, found.untouched) == ((), (), (SLIGHT,))
    path = tmp_path / "plan" / "cases" / SLIGHT / "dicom" / "seg_00_tissue.dcm"
    dataset = dcmread(path)
    dataset.SeriesDescription = "as I see it"
    dataset.save_as(path)
    record = collect(tmp_path / "plan", tmp_path / "plan").added[0]
    assert record.drawn_from == (path.name,)
    assert (record.abnormal_ml, record.unjudged_ml) == (8 * 2 * 3 * 4.0, 0.0)


def test_versions_are_kept_and_equal_ones_are_known(plan: Path) -> None:
    """The same label again adds nothing; another one replaces, and loses nothing."""
    values = load(plan / "cases" / LARGE / "normal.nii.gz")
    first = collect(plan, save(plan, LARGE, values)).added[0]
    assert collect(plan, save(plan, LARGE, values)).known == (LARGE,)
    values[np.argwhere(values)[0][0], :, :] = 0
    second = collect(plan, save(plan, LARGE, values)).added[0]
    assert second.replaces == first.version
    learning = LearningSet(plan.parent / "learn")
    assert [record.version for record in learning] == [first.version, second.version]
    assert learning.newest()[LARGE] == [second]
    assert all((learning.folder / record.file).is_file() for record in learning)
    assert (second.reader, second.collected_at) == ("AB", NOON)


def test_a_disk_that_fails_leaves_what_was_there(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest and every list stay whole; the exit code says that nothing was written."""
    values = load(plan / "cases" / LARGE / "normal.nii.gz")
    collect(plan, save(plan, LARGE, values))
    learn = plan.parent / "learn"
    before = {path: path.read_bytes() for path in learn.rglob("*") if path.is_file()}
    values[np.argwhere(values)[0][0], :, :] = 0

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        collect(plan, save(plan, LARGE, values))
    assert {path: path.read_bytes() for path in learn.rglob("*") if path.is_file()} == before


def test_a_damaged_manifest_is_refused(plan: Path) -> None:
    """Labels are never laid upon something that cannot be read."""
    learn = plan.parent / "learn"
    learn.mkdir()
    (learn / "manifest.jsonl").write_text('{"case": "P0')
    with pytest.raises(Refusal, match="SOURCE_UNREADABLE"):
        collect(plan, plan)


def test_where_two_readers_differ_nothing_is_learnt(plan: Path) -> None:
    """The consensus keeps what both say; the rest is not judged, and the difference is told."""
    values = load(plan / "cases" / SLIGHT / "abnormal.nii.gz")
    collect(plan, save(plan, SLIGHT, values), reader="A")
    fewer = values.copy()
    dropped = tuple(np.argwhere(values)[0])
    fewer[dropped] = 0
    pair = collect(plan, save(plan, SLIGHT, fewer), reader="B").pairs[0]
    assert "A and B: Dice" in pair.sentence
    assert "1 of 1 regions drawn by both" in pair.sentence
    assert final(plan, SLIGHT)[dropped] == LabelValue.UNJUDGED
    told = json.loads((plan.parent / "learn" / "agreement.json").read_text())[SLIGHT][0]
    n = int(np.count_nonzero(values))
    assert told["readers"] == ["A", "B"]
    assert told["abnormal_dice"] == pytest.approx(2 * (n - 1) / (2 * n - 1))
    assert told["regions"][0]["both_ml"] == pytest.approx((n - 1) * 4.0)


def test_lists_name_files_that_are_there(plan: Path) -> None:
    """Training, nnU-Net, LongiSeg and MONAI each find image and label."""
    both = [
        save(plan, case, load(plan / "cases" / case / name))
        for case, name in ((SLIGHT, "abnormal.nii.gz"), (LARGE, "normal.nii.gz"))
    ]
    collect(plan, *both)
    learn = plan.parent / "learn"
    dataset = learn / "Dataset501_EupneaLung"
    assert json.loads((dataset / "dataset.json").read_text())["numTraining"] == 2
    assert json.loads((dataset / "patientsTr.json").read_text()) == {
        "P001": [SLIGHT],
        "P002": [LARGE],
    }
    assert len(list((dataset / "imagesTr").iterdir())) == 2
    monai = json.loads((learn / "monai.json").read_text())["training"]
    assert all((learn / one[key]).is_file() for one in monai for key in ("image", "label"))
    cases = Datalist.read(learn / "train.json").load()
    np.testing.assert_array_equal(
        cases[0].lung & ~cases[0].unknown,
        load(learn / "normal" / f"{SLIGHT}.nii.gz").transpose(2, 1, 0) > 0,
    )


def test_a_plan_knows_what_is_labelled(plan: Path, organ: Organ, tmp_path: Path) -> None:
    """The labelled image comes last, and says so; the other is as far from it as it is."""
    collect(plan, save(plan, LARGE, load(plan / "cases" / LARGE / "normal.nii.gz")))
    first = Worklist.read(plan)
    sources = [Path(item.source) for item in sorted(first.items, key=lambda item: item.case)]
    learn = plan.parent / "learn"
    again = plan_labels(sources, tmp_path / "again", organ=organ, labelled=learn)
    assert [(item.case, item.labelled) for item in again.items] == [(SLIGHT, False), (LARGE, True)]
    assert again.items[0].novelty_hu > again.items[1].novelty_hu == 0
    assert "labelled already" in (tmp_path / "again" / "worklist.html").read_text()


def test_one_scan_of_a_pair_is_enough(draw: Draw, organ: Organ, tmp_path: Path) -> None:
    """The patient's other scan is not waited for, and stands in no list."""
    draw("one/a_2020-01-01.nii.gz", 1)
    folder = draw("one/b_2020-02-01.nii.gz", 1).parent
    pair = tmp_path / "pair"
    plan_labels([folder], pair, organ=organ)
    later = pair / "cases" / "P001_01"
    found = collect(pair, save(pair, "P001_01", load(later / "abnormal.nii.gz")))
    assert [record.case for record in found.added] == ["P001_01"]
    learn = pair.parent / "learn"
    patients = json.loads((learn / "Dataset501_EupneaLung" / "patientsTr.json").read_text())
    assert patients == {"P001": ["P001_01"]}
    assert [case.name for case in Datalist.read(learn / "train.json").load()] == ["P001_01"]


def test_another_plan_or_no_plan_is_not_mixed_in(
    plan: Path, draw: Draw, organ: Organ, tmp_path: Path
) -> None:
    """Cases of one name but another image are refused, as is a folder without a plan."""
    collect(plan, save(plan, LARGE, load(plan / "cases" / LARGE / "normal.nii.gz")))
    sources = [draw("more.nii.gz", 3), draw("other.nii.gz", 2)]
    plan_labels(sources, tmp_path / "again", organ=organ, thresholds=CUTS)
    drawn = save(plan, LARGE, load(tmp_path / "again" / "cases" / LARGE / "roi.nii.gz"))
    with pytest.raises(UsageError, match="another image"):
        collect_labels(tmp_path / "again", [drawn], tmp_path / "learn", reader="A", when=NOON)
    with pytest.raises(Refusal, match="SOURCE_MISSING"):
        collect(tmp_path / "nowhere", drawn)
    with pytest.raises(UsageError, match="a reader is named"):
        collect(plan, drawn, reader="../x")
