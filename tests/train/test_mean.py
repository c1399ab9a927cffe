"""The mean of exported networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eupnea.errors import ModelError

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
onnx = pytest.importorskip("onnx", reason="the extra `train` is not installed")

from eupnea.segment.card import ModelCard, sha256_of  # noqa: E402
from eupnea.segment.model import load  # noqa: E402
from eupnea.segment.pixel_axis import PLANE_SPACING_MM  # noqa: E402
from eupnea.train.exported import convolutions  # noqa: E402
from eupnea.train.mean import mean_with, write_mean  # noqa: E402
from eupnea.train.network import UNet  # noqa: E402
from eupnea.train.onnx_export import write_onnx  # noqa: E402

WIDTHS = (4, 6, 8, 8, 8)


def taught(path: Path, *, seed: int, widths: tuple[int, ...] = WIDTHS, channels: int = 3) -> Path:
    """A network of three planes with a card beside it, as far as the mean is concerned."""
    torch.manual_seed(seed)
    network = UNet(channels=channels, widths=widths).eval()
    write_onnx(network, path, torch.zeros(1, channels, 32, 32))
    card_of(path, offsets_mm=(-3.0, 0.0, 3.0))
    return path


def card_of(path: Path, *, offsets_mm: tuple[float, ...]) -> None:
    """Writes a card beside a network."""
    ModelCard(
        name=path.stem,
        version="1",
        summary="toy",
        sha256=sha256_of(path),
        plane_offsets_mm=offsets_mm,
        plane_spacing_mm=PLANE_SPACING_MM,
        data=(),
        training={"steps": 1},
        metrics={},
        limits=(),
    ).write(path.with_suffix(".json"))


def weights(path: Path) -> list[list[np.ndarray]]:
    """Of each convolution, as plain arrays."""
    return [[part.numpy() for part in parts] for parts in convolutions(path)]


def test_each_weight_is_the_mean(tmp_path: Path) -> None:
    """And a network that is named twice counts twice."""
    one, two = (taught(tmp_path / f"{seed}.onnx", seed=seed) for seed in (1, 2))
    write_mean([one, two, two], tmp_path / "mean.onnx")
    for found, first, second in zip(
        weights(tmp_path / "mean.onnx"), weights(one), weights(two), strict=True
    ):
        assert len(found) == 2
        for mean, a, b in zip(found, first, second, strict=True):
            np.testing.assert_allclose(mean, (a + 2 * b) / 3, atol=1e-6)
    onnx.checker.check_model(onnx.load(tmp_path / "mean.onnx"), full_check=True)
    assert (tmp_path / "mean.onnx").stat().st_size < 1.2 * one.stat().st_size


def test_one_that_sees_one_channel_fewer_has_nothing_to_say_of_it(tmp_path: Path) -> None:
    """As one that is told where the lungs lie, and one that is not; not the other way round."""
    told = taught(tmp_path / "told.onnx", seed=1, channels=4)
    untold = taught(tmp_path / "untold.onnx", seed=2)
    write_mean([told, untold], tmp_path / "mean.onnx")
    found, first, second = (
        weights(tmp_path / f"{n}.onnx")[0][0] for n in ("mean", "told", "untold")
    )
    np.testing.assert_allclose(found[:, :3], (first[:, :3] + second) / 2, atol=1e-6)
    np.testing.assert_allclose(found[:, 3], first[:, 3] / 2, atol=1e-6)
    with pytest.raises(ModelError, match=r"in told\.onnx too"):
        write_mean([untold, told], tmp_path / "mean.onnx")
    more = taught(tmp_path / "more.onnx", seed=3, channels=5)
    with pytest.raises(ModelError, match=r"in untold\.onnx too"):
        write_mean([more, untold], tmp_path / "mean.onnx")


def test_the_mean_of_a_network_and_itself_answers_alike(tmp_path: Path) -> None:
    """Its card says what it was made of, and names the file that lies there now."""
    one, same = (taught(tmp_path / f"{name}.onnx", seed=1) for name in ("one", "same"))
    signal = np.random.default_rng(0).normal(size=(2, 3, 32, 48)).astype(np.float32)
    before = onnx_answers(one, signal)
    card = mean_with(one, [same])
    assert card.training["mean_of"] == [
        f"{name} 1 sha256 {sha256_of(same)}" for name in ("one", "same")
    ]
    assert card.sha256 == sha256_of(one) != sha256_of(same)
    assert ModelCard.read(one.with_suffix(".json")) == card
    np.testing.assert_allclose(onnx_answers(one, signal), before, atol=1e-6)


def onnx_answers(path: Path, signal: np.ndarray) -> np.ndarray:
    """What a network says."""
    return load(path).run(signal)


def test_networks_that_do_not_mix_are_refused(tmp_path: Path) -> None:
    """Other widths, other planes, no card: nothing is changed."""
    one = taught(tmp_path / "one.onnx", seed=1)
    wide = taught(tmp_path / "wide.onnx", seed=2, widths=(4, 6, 8, 8, 10))
    other = taught(tmp_path / "other.onnx", seed=3)
    card_of(other, offsets_mm=(-4.0, 0.0, 4.0))
    before = one.read_bytes()
    with pytest.raises(ModelError, match=r"in wide\.onnx too"):
        mean_with(one, [wide])
    with pytest.raises(ModelError, match=r"expected other\.onnx to see"):
        mean_with(one, [other])
    other.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match="card"):
        mean_with(one, [other])
    assert one.read_bytes() == before
