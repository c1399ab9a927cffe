"""The runner of a trained model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.errors import ModelError, Refusal
from eupnea.geometry import Geometry
from eupnea.phantom import PhantomScan
from eupnea.scan import Scan
from eupnea.segment.card import Calibration, sha256_of
from eupnea.segment.model import Model, Prediction, certainty_of, load
from eupnea.segment.planes import PLANE_OFFSETS_MM
from support.toy_networks import by_density, card, scan_of


@pytest.mark.parametrize("spacing_mm", [(4.0, 1.0, 1.0), (0.6, 0.7, 1.9)])
def test_a_part_is_judged_as_in_the_whole(
    body: Scan, spacing_mm: tuple[float, float, float]
) -> None:
    """Pixel by pixel the same in the part that is looked at, nothing elsewhere."""
    hu = np.pad(body.hu, [(0, 9), (0, 0), (0, 0)], mode="reflect")
    scan = scan_of(hu, spacing_mm)
    model = Model(card=card(), run=by_density)
    within = (slice(5, 14), slice(23, 60), slice(31, 77))
    whole, part = model.predict(scan), model.predict(scan, within=within)
    for seen, expected in ((part.roi, whole.roi), (part.normal, whole.normal)):
        np.testing.assert_array_equal(seen[within], expected[within])
        assert seen[within].any()
        assert np.count_nonzero(seen) == np.count_nonzero(seen[within])


def test_a_part_beside_the_body_is_no_part() -> None:
    """Where nothing of the body lies in it, all of the body is judged."""
    hu = np.full((12, 60, 120), -1000, np.int16)
    hu[:, 20:50, 8:60] = -800
    hu[:, 20:50, 8:20] = 40
    scan = scan_of(hu, (4.0, 1.0, 1.0))
    model = Model(card=card(), run=by_density)
    beside = (slice(0, 12), slice(0, 60), slice(100, 120))
    whole, part = model.predict(scan), model.predict(scan, within=beside)
    assert whole.roi.any()
    np.testing.assert_array_equal(part.roi, whole.roi)
    np.testing.assert_array_equal(part.normal, whole.normal)


def test_threads_leave_the_answer_as_it_is(phantom_scan: PhantomScan) -> None:
    """The shipped network gives the same bytes with one thread and with two."""
    slab = scan_of(phantom_scan.scan.hu[40:52].copy(), phantom_scan.scan.geometry.spacing_mm)
    one, two = (load(threads=n).predict(slab) for n in (1, 2))
    np.testing.assert_array_equal(one.roi, two.roi)
    np.testing.assert_array_equal(one.normal, two.normal)


def test_not_a_number_is_an_error(body: Scan) -> None:
    """NaN in an answer raises; it never becomes a zero."""

    def broken(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        answers = by_density(planes)
        answers[0, 1, 3, 3] = np.nan
        return answers

    with pytest.raises(ModelError, match="finite"):
        Model(card=card(), run=broken).predict(body)


@pytest.mark.parametrize(
    ("shape", "slice_mm", "code"),
    [((9, 40, 40), 3.0, "SLICES_TOO_FEW"), ((12, 40, 40), 12.0, "SPACING_TOO_COARSE")],
)
def test_what_the_network_never_saw_is_refused(
    shape: tuple[int, int, int], slice_mm: float, code: str
) -> None:
    """Too few slices, or slices too far apart, are refused by code."""
    scan = scan_of(np.zeros(shape, np.int16), (slice_mm, 1.0, 1.0))
    with pytest.raises(Refusal, match=code):
        Model(card=card(), run=by_density).predict(scan)


def test_certainty_is_given_the_organ() -> None:
    """Half in the organ and half normal is wholly normal; calibration moves the middle alone."""
    seen = Prediction(
        roi=np.array([[[255, 128, 255]]], np.uint8),
        normal=np.array([[[255, 128, 0]]], np.uint8),
        geometry=Geometry.regular(shape=(1, 1, 3), spacing_mm=(1.0, 1.0, 1.0)),
    )
    assert certainty_of(seen, Calibration()).ravel().tolist() == [254, 254, 1]
    softer = certainty_of(seen, Calibration(slope=0.2)).ravel()
    assert 128 < softer[0] < 254


def test_a_file_other_than_its_card_says_is_refused(tmp_path: Path) -> None:
    """One changed byte, a missing card, a missing file: each is a model error."""
    onnx = tmp_path / "toy.onnx"
    onnx.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="card"):
        load(onnx)
    facts = card().model_dump()
    onnx.with_suffix(".json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match="sha256"):
        load(tmp_path)
    facts["sha256"] = sha256_of(onnx)
    onnx.with_suffix(".json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match="network"):
        load(onnx)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="expected one ONNX file"):
        load(tmp_path / "empty")


@pytest.mark.parametrize(
    ("planes", "match"),
    [
        ({"plane_spacing_mm": 2.0}, "mm pixels, found 2.0"),
        ({"plane_offsets_mm": (-3.0, 0.0)}, "middle one"),
        ({"plane_offsets_mm": (0.0, 3.0, 6.0)}, "middle one"),
        ({"plane_offsets_mm": ()}, "middle one"),
    ],
)
def test_a_card_with_planes_that_cannot_be_shown_is_refused(
    planes: dict[str, object], match: str, tmp_path: Path
) -> None:
    """Pixels of another size, or no plane in the middle to judge."""
    onnx = tmp_path / "toy.onnx"
    onnx.write_bytes(b"not a network")
    facts = card().model_dump() | {"sha256": sha256_of(onnx)} | planes
    onnx.with_suffix(".json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match=match):
        load(onnx)


def test_planes_that_see_a_chest_are_refused_without_it(tmp_path: Path) -> None:
    """What they were taught beside is missing; nothing is judged half blind."""
    onnx = tmp_path / "toy.onnx"
    onnx.write_bytes(b"not a network")
    facts = card().model_copy(update={"sees_located": True, "sha256": sha256_of(onnx)})
    facts.write(onnx.with_suffix(".json"))
    with pytest.raises(ModelError, match="whole chest"):
        load(onnx)


def test_a_model_sees_the_planes_of_its_own_card(body: Scan) -> None:
    """A card of three planes gets three, at its heights."""
    three = card().model_copy(update={"plane_offsets_mm": (-4.0, 0.0, 4.0)})
    signals: list[NDArray[np.float32]] = []

    def kept(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        signals.append(planes)
        return by_density(planes)

    Model(card=three, run=kept).predict(body)
    seen = np.concatenate(signals)
    assert seen.shape[1] == 3
    assert np.allclose(seen[1:-1, 0], seen[:-2, 1], atol=1e-5)
    assert np.allclose(seen[1:-1, 2], seen[2:, 1], atol=1e-5)


@pytest.mark.parametrize("sees_located", [False, True])
def test_planes_of_no_known_place_are_judged_by_themselves(*, sees_located: bool) -> None:
    """The network sees one channel more, with nothing in it, where its card says so."""
    seeing = card().model_copy(update={"sees_located": sees_located})
    seen: list[NDArray[np.float32]] = []

    def kept(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(planes)
        return by_density(planes[:, : len(PLANE_OFFSETS_MM)])

    planes = np.ones((1, len(PLANE_OFFSETS_MM), 32, 32), np.float32)
    Model(card=seeing, run=kept).judge(planes)
    assert np.array_equal(seen[0][:, : planes.shape[1]], planes)
    assert seen[0].shape[1] == planes.shape[1] + sees_located
    assert not seen[0][:, planes.shape[1] :].any()
