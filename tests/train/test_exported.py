"""An exported model's weights, taken back for a training that goes on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from eupnea.errors import ModelError
from eupnea.train.cases import Case

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from eupnea.train.checkpoint import Checkpoint  # noqa: E402
from eupnea.train.config import Target, TrainingConfig  # noqa: E402
from eupnea.train.exported import begin_with_model  # noqa: E402
from eupnea.train.fit import fit  # noqa: E402
from eupnea.train.network import UNet  # noqa: E402
from eupnea.train.onnx_export import write_onnx  # noqa: E402
from eupnea.train.task import task_of  # noqa: E402

WIDTHS = (4, 6, 8, 8, 8)
SHAPES = {2: (6, 3, 32, 32), 3: (3, 3, 16, 32, 16)}


def network(*, dimensions: int = 2, widths: tuple[int, ...] = WIDTHS, seed: int = 0) -> UNet:
    """A network whose norms have seen something, so that none of them does nothing."""
    torch.manual_seed(seed)
    made = UNet(channels=3, widths=widths, dimensions=dimensions)
    with torch.no_grad():
        for _ in range(20):
            made(2.0 + 3.0 * torch.randn(SHAPES[dimensions]))
        for name, values in made.named_parameters():
            if name.endswith("bias"):
                values.normal_(0.0, 0.3)
    made.eval()
    return made


@pytest.mark.parametrize("dimensions", [2, 3])
def test_it_answers_as_what_was_exported(dimensions: int, tmp_path: Path) -> None:
    """On any signal; and while it learns, on the signals that it began with."""
    taught = network(dimensions=dimensions)
    path = tmp_path / "taught.onnx"
    write_onnx(taught, path, torch.zeros(1, *SHAPES[dimensions][1:]))
    signals = torch.randn(SHAPES[dimensions])
    fresh = UNet(channels=3, widths=WIDTHS, dimensions=dimensions).train()
    begin_with_model(fresh, path, signals)
    assert fresh.training
    with torch.no_grad():
        learning = fresh(signals)
        other = 5.0 * torch.randn(SHAPES[dimensions])
        assert torch.allclose(learning, taught(signals), atol=1e-3)
        begin_with_model(fresh, path, signals)
        assert torch.allclose(fresh.eval()(other), taught(other), atol=1e-3)


def test_channels_more_have_no_say_at_first(tmp_path: Path) -> None:
    """Where the lungs lie, or planes around; a network that sees less is refused."""
    taught, path = network(), tmp_path / "taught.onnx"
    write_onnx(taught, path, torch.zeros(1, *SHAPES[2][1:]))
    more = UNet(channels=4, widths=WIDTHS).eval()
    signals = torch.randn(6, 4, 32, 32)
    begin_with_model(more, path, signals)
    with torch.no_grad():
        assert torch.allclose(more(signals), taught(signals[:, :3]), atol=1e-3)
    around, wide = UNet(channels=5, widths=WIDTHS).eval(), torch.randn(6, 5, 32, 32)
    begin_with_model(around, path, wide)
    with torch.no_grad():
        assert torch.allclose(around(wide), taught(wide[:, 1:4]), atol=1e-3)
    with pytest.raises(ModelError, match="convolution"):
        begin_with_model(UNet(channels=1, widths=WIDTHS), path, torch.zeros(1, 1, 32, 32))


@pytest.mark.parametrize("widths", [(4, 6, 8, 8), (4, 6, 8, 8, 8, 8), (4, 6, 8, 8, 10)])
def test_another_network_is_refused(widths: tuple[int, ...], tmp_path: Path) -> None:
    """Too few layers, too many, and one that is wider."""
    path = tmp_path / "other.onnx"
    write_onnx(network(widths=widths), path, torch.zeros(1, 3, 32, 32))
    with pytest.raises(ModelError, match="convolution"):
        begin_with_model(UNet(channels=3, widths=WIDTHS), path, torch.zeros(1, 3, 32, 32))


def test_rubbish_is_refused(tmp_path: Path) -> None:
    """A file that is no ONNX, and none at all."""
    path = tmp_path / "rubbish.onnx"
    for _ in range(2):
        with pytest.raises(ModelError, match=r"rubbish\.onnx"):
            begin_with_model(UNet(channels=3, widths=WIDTHS), path, torch.zeros(1, 3, 32, 32))
        path.write_bytes(b"\xff rubbish")


def test_a_training_begins_with_an_exported_model(case: Case, tmp_path: Path) -> None:
    """Before its first step it answers as that did on what it is shown."""
    config = TrainingConfig(steps=0, batch=1, size=32, widths=WIDTHS, target=Target.NORMAL)
    taught = UNet(channels=config.planes, widths=WIDTHS)
    path = tmp_path / "taught.onnx"
    write_onnx(taught.eval(), path, torch.zeros(1, config.planes, 32, 32))
    begun = fit([case], tmp_path / "run", config, warm_start=path)
    samples = islice(task_of(config).samples([case], seed=3), 4)
    signals = torch.stack([torch.from_numpy(signal) for signal, *_ in samples])
    with torch.no_grad():
        assert torch.allclose(begun(signals), taught(signals), atol=1e-3)
    assert Checkpoint.load(tmp_path / "run" / "checkpoint.npz").step == 0
