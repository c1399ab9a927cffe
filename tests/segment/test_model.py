"""The runner of a trained model."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.errors import ModelError, Refusal
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.phantom import PhantomScan
from eupnea.read import read_timeline
from eupnea.scan import Scan
from eupnea.segment.blocks import Blocks
from eupnea.segment.card import Calibration, ModelCard, sha256_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.model import Model, Prediction, certainty_of, load
from eupnea.segment.model_organ import organ_of, predict_in, whole_lungs
from eupnea.segment.pixel_axis import PLANE_SPACING_MM
from eupnea.segment.planes import PLANE_OFFSETS_MM, PlaneGrid, to_signal
from eupnea.volume import Volume
from naive import model_lungs

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def scan_of(hu: NDArray[np.int16], spacing_mm: tuple[float, float, float]) -> Scan:
    """A scan of these voxels."""
    k, j, i = hu.shape
    grid = Geometry.regular(shape=(k, j, i), spacing_mm=spacing_mm)
    return Scan(
        volume=Volume(voxels=hu, geometry=grid),
        native=grid,
        acquired_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def body() -> Scan:
    """A block of tissue with an aerated block, half of it denser, inside."""
    hu = np.full((16, 90, 120), -1000, np.int16)
    hu[:, 8:82, 8:112] = 40
    hu[2:14, 20:70, 20:100] = -850
    hu[2:14, 20:70, 60:100] = -600
    return scan_of(hu, (4.0, 1.0, 1.0))


def card() -> ModelCard:
    """A card with nothing on it."""
    return ModelCard(
        name="toy",
        version="1",
        summary="Thresholds.",
        sha256="",
        plane_offsets_mm=PLANE_OFFSETS_MM,
        plane_spacing_mm=PLANE_SPACING_MM,
        data=(),
        training={},
        metrics={},
        limits=(),
    )


def by_density(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lung is below -400 HU, normal below -725 HU; outside air is neither."""
    middle = planes[:, planes.shape[1] // 2]
    thin, normal_end, dense = to_signal(np.array([-950.0, -725.0, -400.0], np.float32))
    lung = (middle > thin) & (middle < dense)
    normal = lung & (middle < normal_end)
    return np.stack([lung, normal], axis=1).astype(np.float32)


def test_roi_and_normal_come_back_on_the_scans_grid(body: Scan) -> None:
    """A network that sees by density alone finds the blocks it should, where they are."""
    organ = organ_of(Model(card=card(), run=by_density))
    roi = organ.find_roi(body).mask
    normal = organ.find_normal(body, roi).mask
    assert roi.volume_ml == pytest.approx(12 * 50 * 80 * 4 / 1000, rel=0.08)
    assert normal.volume_ml == pytest.approx(12 * 50 * 40 * 4 / 1000, rel=0.1)
    assert not (normal - roi).voxels.any()
    assert roi.voxels[8, 45, 30]
    assert normal.voxels[8, 45, 30]
    assert roi.voxels[8, 45, 90]
    assert not normal.voxels[8, 45, 90]


def unsure(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same, and a third of what is dense may be lung."""
    shares = by_density(planes)
    dense = planes[:, planes.shape[1] // 2] >= to_signal(np.array([-400.0], np.float32))
    shares[:, 0] += np.float32(0.33) * dense
    return shares


def in_the_middle(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """All that is not air is lung, the more so the nearer to the middle of the chest."""
    dense = chest[:, :1] > -0.5
    columns = np.cos(np.linspace(-np.pi / 2, np.pi / 2, chest.shape[-1], dtype=np.float32))
    return np.where(dense, columns, np.float32(0.0))


@pytest.fixture(params=[False, True], ids=["planes", "planes and chest"])
def toy(request: pytest.FixtureRequest) -> Model:
    """A model that sees by density, alone or with a look at the chest as a whole."""
    if request.param:
        return Model(card=card(), run=unsure, chest=in_the_middle)
    return Model(card=card(), run=by_density)


def check_against_the_plain_way(model: Model, scan: Scan) -> None:
    """Region of interest and certainty are, byte for byte, those of the whole grid."""
    organ, seen = organ_of(model), model.predict(scan)
    roi = organ.find_roi(scan).mask
    located = model.locate(Coarse.of(scan.volume))
    sure = None if located is None else located.sure
    np.testing.assert_array_equal(roi.voxels, model_lungs.lungs(scan, seen, sure))
    if sure is not None:
        assert (roi.voxels != model_lungs.lungs(scan, seen)).any()
    found = organ.find_normal(scan, roi)
    plain = model_lungs.certainty(scan, seen, roi.voxels, model.card.calibration)
    np.testing.assert_array_equal(found.certainty, plain)


def test_boxes_and_threads_change_nothing(toy: Model, phantom_scan: PhantomScan) -> None:
    """What is computed in boxes, beside the network, is what the plain way finds."""
    check_against_the_plain_way(toy, phantom_scan.scan)


@pytest.mark.real
def test_boxes_and_threads_change_nothing_in_a_patient(toy: Model, real_data: Path) -> None:
    """The same in a real chest, cut by couch and field of view."""
    path = real_data / "lctsc/case002_ct.nii.gz"
    timeline = read_timeline([path], dates=["2020-01-01"]).timeline
    check_against_the_plain_way(toy, next(iter(timeline)))


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


def test_a_roi_beyond_what_was_looked_at_is_looked_at_anew(filled: Scan) -> None:
    """A region of interest of the user's may go on where no lung was looked for."""
    calls = []

    def counted(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        calls.append(len(planes))
        return by_density(planes)

    organ = organ_of(Model(card=card(), run=counted, chest=nowhere))
    wide = Mask(voxels=np.ones(filled.hu.shape, bool), geometry=filled.geometry)
    found = organ.find_roi(filled).mask
    once = len(calls)
    organ.find_normal(filled, found)
    assert len(calls) == once
    organ.find_normal(filled, wide)
    assert len(calls) > once


def test_threads_leave_the_answer_as_it_is(phantom_scan: PhantomScan) -> None:
    """The shipped network gives the same bytes with one thread and with two."""
    slab = scan_of(phantom_scan.scan.hu[40:52].copy(), phantom_scan.scan.geometry.spacing_mm)
    one, two = (load(threads=n).predict(slab) for n in (1, 2))
    np.testing.assert_array_equal(one.roi, two.roi)
    np.testing.assert_array_equal(one.normal, two.normal)


def test_a_chest_seen_in_part_is_judged_by_its_planes(body: Scan) -> None:
    """Where the field of view cuts the lungs at a side, only planes are asked."""
    calls = []

    def counted(chest: NDArray[np.float32]) -> NDArray[np.float32]:
        calls.append(chest.shape)
        return in_the_middle(chest)

    organ = organ_of(Model(card=card(), run=by_density, chest=counted))
    organ.find_roi(body)
    assert len(calls) == 1
    cut = scan_of(np.ascontiguousarray(body.hu[:, :, 25:]), body.geometry.spacing_mm)
    roi = organ.find_roi(cut).mask
    assert len(calls) == 1
    np.testing.assert_array_equal(
        roi.voxels, organ_of(Model(card=card(), run=by_density)).find_roi(cut).mask.voxels
    )


def test_one_prediction_answers_both_questions(body: Scan) -> None:
    """The network runs once per scan, and anew for another scan."""
    calls = []

    def counted(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        calls.append(len(planes))
        return by_density(planes)

    organ = organ_of(Model(card=card(), run=counted))
    organ.find_normal(body, organ.find_roi(body).mask)
    assert sum(calls) == 16
    again = scan_of(body.hu.copy(), (4.0, 1.0, 1.0))
    organ.find_roi(again)
    assert sum(calls) == 32


def test_densities_are_put_right_where_air_reads_lower_than_air(phantom_scan: PhantomScan) -> None:
    """A scanner whose scale is off by 6 % shows the network what a sound one does."""
    sound = phantom_scan.scan
    off = scan_of(np.rint(1.06 * sound.hu).astype(np.int16), sound.geometry.spacing_mm)
    signals: list[NDArray[np.float32]] = []

    def kept(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        signals.append(planes)
        return by_density(planes)

    roi = organ_of(Model(card=card(), run=kept)).find_roi(off)
    assert roi.air_hu is not None
    assert roi.air_hu < -1030
    raw, wanted = (
        np.concatenate(list(PlaneGrid.of(scan).signals(scan, batch=4))) for scan in (off, sound)
    )
    left, before = (np.abs(seen - wanted).mean() for seen in (np.concatenate(signals), raw))
    assert left < 0.4 * before


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


def blind(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that sees no lung anywhere."""
    return np.zeros((len(planes), 2, *planes.shape[2:]), np.float32)


def test_a_scan_without_lungs_is_refused() -> None:
    """An empty organ is no organ."""
    tissue = np.full((16, 90, 120), -1000, np.int16)
    tissue[:, 8:82, 8:112] = 40
    with pytest.raises(Refusal, match="NOT_CHEST"):
        organ_of(Model(card=card(), run=blind)).find_roi(scan_of(tissue, (4.0, 1.0, 1.0)))


def test_aerated_lung_is_lung_whatever_the_network_says(body: Scan) -> None:
    """What anatomy knows to be aerated lung stays in the region of interest."""
    roi = organ_of(Model(card=card(), run=blind)).find_roi(body).mask
    assert roi.voxels[4:12, 24:66, 24:96].all()


@pytest.mark.parametrize(("aerated_hu", "codes"), [(-850, []), (-690, ["LUNG_NOT_INFLATED"])])
def test_lung_in_expiration_is_noted(body: Scan, aerated_hu: int, codes: list[str]) -> None:
    """Lung that is dense throughout carries the note, for dependent lung is overcalled in it."""
    hu = body.hu.copy()
    hu[2:14, 20:70, 20:100] = aerated_hu
    scan = scan_of(hu, (4.0, 1.0, 1.0))
    organ = organ_of(Model(card=card(), run=by_density))
    found = organ.find_normal(scan, organ.find_roi(scan).mask)
    assert [note.code for note in found.notes] == codes
    assert not any("density baseline" in note.text for note in found.notes)


def test_an_empty_region_of_interest_has_no_note(body: Scan) -> None:
    """Where a given mask is empty nothing is normal, and nothing is said of its breath."""
    organ = organ_of(Model(card=card(), run=by_density))
    found = organ.find_normal(body, Mask.empty(body.geometry))
    assert found.mask.is_empty
    assert found.notes == ()


@pytest.mark.parametrize("spacing_mm", [(1.0, 0.7, 0.7), (2.0, 1.0, 1.0), (5.0, 0.9, 0.9)])
def test_planes_go_there_and_back(spacing_mm: tuple[float, float, float]) -> None:
    """A smooth field survives the way to the planes and back, at any spacing."""
    k, j, i = np.ogrid[:24, :90, :100]
    wave = (
        np.sin(k * spacing_mm[0] / 25)
        + np.sin(j * spacing_mm[1] / 20)
        + np.cos(i * spacing_mm[2] / 20)
    )
    share = 0.5 + wave / 8
    hu = np.rint(-1000 + 1000 * share).astype(np.int16)
    hu[:, :4, :4] = hu[:, -4:, -4:] = 40
    scan = scan_of(hu, spacing_mm)
    grid = PlaneGrid.of(scan)
    signals = np.concatenate(list(grid.signals(scan, batch=4)))
    shares = (signals[:, signals.shape[1] // 2] * 400.0 + 400.0) / 1000.0
    back = grid.restore(shares.astype(np.float32)) / 255.0
    inner = (slice(3, -3), slice(6, -6), slice(6, -6))
    assert np.abs(back - share)[inner].max() < 0.03


def test_slices_between_judged_planes_lie_between_them() -> None:
    """Each slice is linear between the judged planes; after the last one it is the last."""
    hu = np.full((12, 40, 40), 40, np.int16)
    grid = PlaneGrid.of(scan_of(hu, (0.6, 1.5, 1.5)))
    assert grid.heights.tolist() == [0, 2, 4, 6, 8, 10]
    shares = np.array([0.0, 1.0, 0.2, 0.6, 0.6, 0.0], np.float32)
    planes = np.broadcast_to(shares[:, None, None], (6, 40, 40))
    expected = np.interp(np.arange(12), grid.heights, 255 * shares)
    assert np.abs(grid.restore(planes)[:, 20, 20] - expected).max() <= 0.51


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


def test_lungs_are_whole() -> None:
    """Small pieces go, holes are filled, two lungs stay."""
    grid = Geometry.regular(shape=(12, 40, 80), spacing_mm=(1.0, 1.0, 1.0))
    found = np.zeros(grid.shape, bool)
    found[2:10, 5:35, 5:35] = True
    found[2:10, 5:35, 45:75] = True
    found[5, 20, 20] = False
    found[0, 0, 0] = True
    whole = whole_lungs(found, Blocks.of(grid, spacing_mm=2.0))
    assert whole[5, 20, 20]
    assert not whole[0, 0, 0]
    assert whole[5, 20, 60]


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


@pytest.mark.parametrize("has_chest", [False, True])
def test_planes_see_where_the_chest_places_the_lungs(body: Scan, *, has_chest: bool) -> None:
    """As the last channel, where the card says so; nothing where no chest was asked."""
    told: list[NDArray[np.float32]] = []

    def kept(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        told.append(planes[:, -1])
        return by_density(planes[:, :-1])

    seeing = card().model_copy(update={"sees_located": True})
    model = Model(card=seeing, run=kept, chest=in_the_middle if has_chest else None)
    roi = organ_of(model).find_roi(body).mask
    organ_of(model).find_normal(body, roi)
    predict_in(model, body, roi)
    one, given, known = np.split(np.concatenate(told), 3)
    assert one.any() == has_chest
    assert np.array_equal(one, given)
    assert np.array_equal(one, known)
    if has_chest:
        assert one.max() > 0.9 > -0.9 > one.min()


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


def all_normal(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Everything is lung, and normal."""
    return np.ones((len(planes), 2, *planes.shape[2:]), np.float32)


def test_what_is_too_thick_is_abnormal_whatever_the_network_says(body: Scan) -> None:
    """A mass is, surely; the lung around it is as normal as the network says."""
    lung, mass = np.zeros_like(body.hu, bool), np.zeros_like(body.hu, bool)
    lung[2:14, 20:70, 20:100] = True
    mass[4:12, 30:60, 40:70] = True
    scan = scan_of(np.where(mass, 40, body.hu).astype(np.int16), body.geometry.spacing_mm)
    organ = organ_of(Model(card=card(), run=all_normal))
    found = organ.find_normal(scan, Mask(voxels=lung, geometry=scan.geometry))
    assert not found.mask.voxels[8, 45, 55]
    assert found.certainty is not None
    assert found.certainty[8, 45, 55] == 0
    np.testing.assert_array_equal(found.mask.voxels | mass, lung)


@pytest.fixture
def filled(body: Scan) -> Scan:
    """The block of tissue with a fifth of its aerated block filled up."""
    hu = body.hu.copy()
    hu[2:14, 20:70, 20:100] = -850
    hu[2:14, 20:70, 84:100] = 30
    return scan_of(hu, (4.0, 1.0, 1.0))


def nowhere(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Nothing is lung."""
    return np.zeros_like(chest[:, :1])


def all_of_it(chest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Everything is lung."""
    return np.ones_like(chest[:, :1])


def test_filled_lung_is_found_by_the_chest_as_a_whole(filled: Scan) -> None:
    """What planes do not know for lung is added; without the second network it is not."""
    one, both = (
        organ_of(Model(card=card(), run=doubtful, chest=chest)).find_roi(filled).mask.voxels
        for chest in (None, all_of_it)
    )
    where = (slice(4, 12), slice(28, 62), slice(88, 96))
    assert not one[where].any()
    assert both[where].all()


def doubtful(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lung by density; of dense matter it is not sure, though never outside the body."""
    known = by_density(planes)
    middle = planes[:, planes.shape[1] // 2]
    dense = middle >= to_signal(np.array([-400.0], np.float32))[0]
    known[:, 0] = np.where(dense, 0.3, known[:, 0])
    return known


def test_not_a_number_of_the_second_network_is_an_error(filled: Scan) -> None:
    """As of the first."""
    model = Model(card=card(), run=by_density, chest=lambda chest: chest[:, :1] * np.nan)
    with pytest.raises(ModelError, match="finite"):
        organ_of(model).find_roi(filled)


def test_lungs_are_shown_at_a_usual_breath_where_the_card_says_so(
    phantom_scan: PhantomScan,
) -> None:
    """The same chest with thinner lung is shown as the usual one, and not where it does not."""
    scan = phantom_scan.scan
    thin = np.interp(scan.hu, (-1024, -860, 40, 3000), (-1024, -915, 40, 3000))
    deep = scan_of(np.rint(thin).astype(np.int16), scan.geometry.spacing_mm)
    roi = Mask(voxels=phantom_scan.truth.roi.voxels, geometry=scan.geometry)
    means = {}
    for usual in (False, True):
        signals: list[NDArray[np.float32]] = []

        def kept(
            planes: NDArray[np.float32], into: list[NDArray[np.float32]] = signals
        ) -> NDArray[np.float32]:
            into.append(planes)
            return by_density(planes)

        model = Model(card=card().model_copy(update={"usual_breath": usual}), run=kept)
        for each in (scan, deep):
            predict_in(model, each, roi)
        usual_signal, deep_signal = np.split(np.concatenate(signals), 2)
        means[usual] = float(np.abs(usual_signal - deep_signal).mean())
    assert means[True] < 0.2 * means[False]
