"""Training, its state on disk, and what is exported."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from eupnea.errors import ModelError, UsageError
from eupnea.train.cases import Case, Datalist

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from eupnea.segment.card import ModelCard  # noqa: E402
from eupnea.segment.coarse import Coarse  # noqa: E402
from eupnea.segment.model import EVEN_ODDS, certainty_of, chest_path, load  # noqa: E402
from eupnea.train.calibrate_model import calibrate_card, cut_card  # noqa: E402
from eupnea.train.checkpoint import Checkpoint  # noqa: E402
from eupnea.train.config import Target, TrainingConfig  # noqa: E402
from eupnea.train.disease.families import NAMELESS  # noqa: E402
from eupnea.train.export import Facts, export  # noqa: E402
from eupnea.train.export_chest import (  # noqa: E402
    CHEST_SUMMARY,
    LOCATED_SUMMARY,
    TAUGHT_BESIDE,
    add_chest,
)
from eupnea.train.exported import convolutions  # noqa: E402
from eupnea.train.fit import fit  # noqa: E402
from eupnea.train.locator import Locator  # noqa: E402
from eupnea.train.loss import chest_loss_of, lesion_loss_of, loss_of  # noqa: E402
from eupnea.train.network import UNet  # noqa: E402

SMALL = TrainingConfig(minutes=0.01, batch=2, size=32, widths=(4, 4, 4, 4, 4))


@pytest.fixture(scope="module")
def run(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training of a second."""
    folder = tmp_path_factory.mktemp("run")
    fit([case], folder, SMALL)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data list without a case."""
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"root": ".", "sources": {"Own": "CC0"}, "cases": []}))
    return path


def test_a_training_goes_on_where_it_was(case: Case, run: Path) -> None:
    """A second call with more time starts from the saved step, not from none."""
    before = Checkpoint.load(run / "checkpoint.npz")
    longer = SMALL.model_copy(update={"minutes": before.elapsed_s / 60 + 0.01})
    fit([case], run, longer)
    after = Checkpoint.load(run / "checkpoint.npz")
    assert after.step > before.step >= 1
    assert json.loads((run / "config.json").read_text())["minutes"] == longer.minutes


def test_a_checkpoint_is_no_pickle_and_complete(run: Path) -> None:
    """Weights, average and moments come back; rubbish is refused."""
    saved = Checkpoint.load(run / "checkpoint.npz")
    network = UNet(channels=SMALL.planes, widths=SMALL.widths)
    averaged = UNet(channels=SMALL.planes, widths=SMALL.widths)
    saved.restore(network, averaged, torch.optim.AdamW(network.parameters()))
    (run / "bad.npz").write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="checkpoint"):
        Checkpoint.load(run / "bad.npz")


def test_a_warm_start_may_see_more_planes(case: Case, tmp_path: Path) -> None:
    """Planes that the older network never saw have no say at first."""
    older = SMALL.model_copy(update={"plane_offsets_mm": (-3.0, 0.0, 3.0), "steps": 1})
    fit([case], tmp_path, older)
    saved = Checkpoint.load(tmp_path / "checkpoint.npz")
    few, many, told = (UNet(channels=n, widths=SMALL.widths).eval() for n in (3, 7, 8))
    saved.restore_weights(few, few)
    planes = torch.randn(2, 8, 32, 32, generator=torch.Generator().manual_seed(1))
    for more, seen in ((many, planes[:, :7]), (told, planes)):
        saved.begin_with_weights(more, more)
        assert torch.allclose(more(seen), few(planes[:, 2:5]), atol=1e-5)
    for other in (UNet(channels=1, widths=SMALL.widths), UNet(channels=3, widths=(4, 6, 8))):
        with pytest.raises(ModelError, match="checkpoint of such a network"):
            saved.begin_with_weights(other, other)


def test_what_is_exported_sees_the_planes_that_were_trained_on(run: Path) -> None:
    """Weights go back into a network of as many planes, and into no other."""
    saved = Checkpoint.load(run / "checkpoint.npz")
    wider = UNet(channels=SMALL.planes + 2, widths=SMALL.widths)
    with pytest.raises(RuntimeError, match="size mismatch"):
        saved.restore_weights(wider, wider)


def test_what_is_exported_answers_as_torch_does(run: Path, data: Path, tmp_path: Path) -> None:
    """The ONNX file loads with its card and gives shares; normal never exceeds roi."""
    card = export(run, data, tmp_path / "model", Facts(name="toy", version="1"))
    assert card.training["steps"] == Checkpoint.load(run / "checkpoint.npz").step
    model = load(tmp_path / "model")
    shares = model.run(np.zeros((1, SMALL.planes, 32, 48), np.float32))
    assert shares.shape == (1, 2, 32, 48)
    assert (shares[:, 1] <= shares[:, 0]).all()


def test_a_card_is_calibrated_on_healthy_lungs(
    case: Case, run: Path, data: Path, tmp_path: Path
) -> None:
    """The fitted certainty is written into the card, which still names its file."""
    card = export(run, data, tmp_path / "model", Facts(name="toy", version="1"))
    fitted = calibrate_card(tmp_path / "model" / "toy.onnx", [case], SMALL.families)
    assert fitted.calibration != card.calibration
    assert load(tmp_path / "model").card == fitted


def test_the_cut_lets_a_stated_share_of_normal_lung_be_abnormal(
    case: Case, run: Path, data: Path, tmp_path: Path
) -> None:
    """Counted by hand on the same lung, within what a tenth of the shift changes."""
    export(run, data, tmp_path / "model", Facts(name="toy", version="1"))
    card = cut_card(tmp_path / "model" / "toy.onnx", [case], false_share=0.3)
    model = load(tmp_path / "model")
    seen = model.predict(case.scan)
    known = case.lung & ~case.unknown & (seen.roi >= EVEN_ODDS)
    shares = []
    for step in (-0.1, 0.1):
        shift = card.calibration.shift + step
        moved = card.calibration.model_copy(update={"shift": shift})
        shares.append(float((certainty_of(seen, moved)[known] < EVEN_ODDS).mean()))
    assert shares[1] <= 0.3 <= shares[0]


def test_the_loss_prefers_the_truth() -> None:
    """The true answer costs least, and what is unknown costs nothing."""
    roi = torch.zeros(1, 16, 16)
    roi[:, 4:12, 4:12] = 1
    normal = roi.clone()
    normal[:, 4:8] = 0
    known = torch.ones_like(roi)
    signal = torch.zeros(1, 5, 16, 16)
    sure = 12 * torch.stack([2 * roi - 1, 2 * normal - 1], dim=1)
    right = float(loss_of(sure, signal, roi, normal, known).total)
    wrong = float(loss_of(-sure, signal, roi, normal, known).total)
    assert right < 0.01 < wrong
    known[:, 4:8] = 0
    missed = sure.clone()
    missed[:, 1] = 12 * (2 * roi - 1)
    assert float(loss_of(missed, signal, roi, normal, known).total) < 0.01


def test_lung_that_nobody_drew_costs_nothing() -> None:
    """Beside the lung, what is unknown may be lung or not; what is known may not."""
    roi = torch.zeros(1, 16, 16)
    roi[:, 4:12, 4:12] = 1
    known = torch.ones_like(roi)
    known[:, :4] = 0
    signal = torch.zeros(1, 5, 16, 16)
    seen = 12 * torch.stack([2 * roi - 1, torch.ones_like(roi)], dim=1)
    seen[:, 0, :4] = 12
    assert float(loss_of(seen, signal, roi, roi, known).total) < 0.01
    assert float(lesion_loss_of(seen, roi, roi, known).total) < 0.01
    assert float(chest_loss_of(seen[:, :1], signal, roi, known).total) < 0.01
    everywhere = torch.ones_like(roi)
    assert float(loss_of(seen, signal, roi, roi, everywhere).total) > 0.5
    assert float(lesion_loss_of(seen, roi, roi, everywhere).total) > 0.5
    assert float(chest_loss_of(seen[:, :1], signal, roi, everywhere).total) > 0.5


def test_a_lesion_network_is_taught_disease_everywhere() -> None:
    """The truth costs least; disease called outside the lungs costs, unknown places do not."""
    roi = torch.zeros(1, 16, 16)
    roi[:, 4:12, 4:12] = 1
    normal = roi.clone()
    normal[:, 4:8] = 0
    known = torch.ones_like(roi)
    healthy = 1 - roi * (1 - normal)
    sure = 12 * torch.stack([2 * roi - 1, 2 * healthy - 1], dim=1)
    assert float(lesion_loss_of(sure, roi, normal, known).total) < 0.01
    beyond = sure.clone()
    beyond[:, 1, :2] = -12
    assert float(lesion_loss_of(beyond, roi, normal, known).total) > 0.5
    known[:, 4:8] = 0
    missed = sure.clone()
    missed[:, 1] = 12
    assert float(lesion_loss_of(missed, roi, normal, known).total) < 0.01


def test_a_training_may_be_bounded_by_steps(case: Case, tmp_path: Path) -> None:
    """Then time has no say."""
    fit([case], tmp_path, SMALL.model_copy(update={"steps": 3, "minutes": 0.0}))
    assert Checkpoint.load(tmp_path / "checkpoint.npz").step == 3


def test_a_lesion_network_sees_named_disease_alone() -> None:
    """What is not lung but no disease belongs to the method, and neither sees what is left out."""
    config = TrainingConfig(left_out=("cavity",))
    ours = {family.name for family in config.families}
    theirs = config.model_copy(update={"target": Target.DISEASE})
    assert "cavity" not in ours
    assert ours - {f.name for f in theirs.families} == set(NAMELESS)


def test_a_fold_holds_out_more_scans() -> None:
    """Named scans are kept for evaluation; unknown names are wrong usage."""
    entry = {"ct": "a.nii.gz", "health": "all", "source": "x"}
    cases = [{"name": "one", **entry}, {"name": "two", **entry, "hold_out": True}]
    datalist = Datalist.model_validate({"root": ".", "sources": {"x": "y"}, "cases": cases})
    fold = datalist.holding_out(["one"])
    assert [entry.hold_out for entry in fold.cases] == [True, True]
    with pytest.raises(UsageError, match="three"):
        datalist.holding_out(["three"])


@pytest.fixture(scope="module")
def chest_run(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training on whole chests, of one step."""
    folder = tmp_path_factory.mktemp("chest")
    fit([case], folder, SMALL.model_copy(update={"target": Target.CHEST, "steps": 1}))
    return folder


@pytest.fixture
def exported(run: Path, data: Path, tmp_path: Path) -> Path:
    """The network of planes as ONNX, with a card and no second network."""
    export(run, data, tmp_path / "model", Facts(name="toy", version="1"))
    return tmp_path / "model" / "toy.onnx"


def test_a_second_network_goes_beside_the_first(
    case: Case, chest_run: Path, data: Path, exported: Path
) -> None:
    """It is named on the card, answers on the coarse grid, and another file is refused."""
    coarse = Coarse.of(case.scan.volume)
    assert load(exported).locate(coarse) is None
    card = add_chest(chest_run, data, exported)
    assert card.training["chest_steps"] == 1
    located = load(exported.parent).locate(coarse)
    assert located is not None
    assert located.sure.shape == coarse.hu.shape
    assert 0 <= located.sure.min() < located.sure.max() <= 1
    exported.with_name("toy-chest.onnx").write_bytes(b"another")
    with pytest.raises(ModelError, match="sha256"):
        load(exported)


def test_a_chest_may_be_the_mean_of_two(
    case: Case, chest_run: Path, data: Path, exported: Path, tmp_path: Path
) -> None:
    """Of the trained one and the one that lies there, weight by weight; without one, an error."""
    with pytest.raises(ModelError, match="mean"):
        add_chest(chest_run, data, exported, mean=1)
    first = add_chest(chest_run, data, exported)
    shutil.copy(chest_path(exported), tmp_path / "first.onnx")
    config = SMALL.model_copy(update={"target": Target.CHEST, "steps": 3})
    fit([case], tmp_path / "on", config, warm_start=chest_run / "checkpoint.npz")
    add_chest(tmp_path / "on", data, exported)
    shutil.copy(chest_path(exported), tmp_path / "second.onnx")
    add_chest(chest_run, data, exported)
    card = add_chest(tmp_path / "on", data, exported, mean=3)
    assert card.training["chest_mean_of"] == [
        "trained, 3 times",
        f"sha256 {first.chest_sha256}, once",
    ]
    paths = [tmp_path / "first.onnx", tmp_path / "second.onnx", chest_path(exported)]
    for one, two, mean in zip(*map(convolutions, paths), strict=True):
        for a, b, found in zip(one, two, mean, strict=True):
            torch.testing.assert_close(found, (a + 3 * b) / 4)


def test_planes_may_be_taught_beside_a_look_at_the_whole_chest(
    case: Case, chest_run: Path, data: Path, exported: Path, tmp_path: Path
) -> None:
    """They go on from planes alone, see one channel more, and bring that chest along."""
    with pytest.raises(ModelError, match="whole chest"):
        Locator.of(exported)
    add_chest(chest_run, data, exported)
    config = SMALL.model_copy(update={"located_by": exported, "steps": 1})
    fit([case], tmp_path / "told", config, warm_start=exported)
    card = export(tmp_path / "told", data, tmp_path / "both", Facts(name="two", version="1"))
    assert card.sees_located
    assert card.training["chest_steps"] == 1
    assert card.summary.endswith(CHEST_SUMMARY + LOCATED_SUMMARY)
    model = load(tmp_path / "both")
    assert model.run(np.zeros((1, SMALL.planes + 1, 32, 32), np.float32)).shape == (1, 2, 32, 32)
    assert model.chest is not None
    for mean in (0, 1):
        again = add_chest(chest_run, data, tmp_path / "both" / "two.onnx", mean=mean)
        assert again.training[TAUGHT_BESIDE] == card.chest_sha256
    theirs = ModelCard.read(exported.with_suffix(".json"))
    other = theirs.model_copy(update={"training": theirs.training | {"scans_held_out": ["x"]}})
    other.write(exported.with_suffix(".json"))
    with pytest.raises(ModelError, match="held out"):
        export(tmp_path / "told", data, tmp_path / "both", Facts(name="two", version="1"))


def test_each_training_is_exported_as_what_it_is(
    run: Path, chest_run: Path, data: Path, exported: Path
) -> None:
    """Planes are no chest, and a chest is no planes; nothing is written."""
    before = sorted(exported.parent.iterdir())
    with pytest.raises(ModelError, match="training of chest"):
        add_chest(run, data, exported)
    with pytest.raises(ModelError, match="training on planes"):
        export(chest_run, exported, exported.parent, Facts(name="other", version="1"))
    assert sorted(exported.parent.iterdir()) == before


def test_both_networks_hold_out_the_same_scans(
    chest_run: Path, exported: Path, tmp_path: Path
) -> None:
    """Else what one was trained on would count as held out."""
    entry = {"name": "one", "ct": "a.nii.gz", "health": "all", "source": "Own", "hold_out": True}
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"root": ".", "sources": {"Own": "CC0"}, "cases": [entry]}))
    with pytest.raises(ModelError, match="held out, found"):
        add_chest(chest_run, other, exported)
    assert not exported.with_name("toy-chest.onnx").exists()
