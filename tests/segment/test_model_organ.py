"""The lungs as a trained model sees them."""

from __future__ import annotations

from dataclasses import replace
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
from eupnea.segment.card import Calibration
from eupnea.segment.coarse import Coarse
from eupnea.segment.model import Model
from eupnea.segment.model_organ import organ_of, predict_in, whole_lungs
from eupnea.segment.overview import Overview
from eupnea.segment.planes import PlaneGrid
from naive import model_lungs
from support.toy_networks import (
    all_normal,
    all_of_it,
    blind,
    by_density,
    card,
    doubtful,
    in_the_middle,
    nowhere,
    scan_of,
    unsure,
)


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


@pytest.fixture(params=[False, True], ids=["planes", "planes and chest"])
def model(request: pytest.FixtureRequest) -> Model:
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
    calibration = model.card.calibration.at(Overview.of(model, scan).mode_hu_in(roi))
    plain = model_lungs.certainty(scan, seen, roi.voxels, calibration)
    np.testing.assert_array_equal(found.certainty, plain)


def test_boxes_and_threads_change_nothing(model: Model, phantom_scan: PhantomScan) -> None:
    """What is computed in boxes, beside the network, is what the plain way finds."""
    check_against_the_plain_way(model, phantom_scan.scan)


def test_a_lung_is_cut_at_its_own_inflation(model: Model, phantom_scan: PhantomScan) -> None:
    """Where the card says that a shift grows with it, and as far as it says."""
    whole = Calibration(shift=-1.0, shift_per_hu=0.05, modes_hu=(-950.0, -650.0))
    for calibration in (whole, whole.model_copy(update={"modes_hu": (-850.0, -850.0)})):
        card = model.card.model_copy(update={"calibration": calibration})
        check_against_the_plain_way(replace(model, card=card), phantom_scan.scan)
    assert whole.at(-900.0).shift < whole.at(-800.0).shift


@pytest.mark.real
def test_boxes_and_threads_change_nothing_in_a_patient(model: Model, real_data: Path) -> None:
    """The same in a real chest, cut by couch and field of view."""
    path = real_data / "lctsc/case002_ct.nii.gz"
    timeline = read_timeline([path], dates=["2020-01-01"]).timeline
    check_against_the_plain_way(model, next(iter(timeline)))


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


def test_a_chest_seen_in_part_is_looked_at_as_a_whole(filled: Scan) -> None:
    """Where the field of view cuts the lungs at a side, what fills them is found all the same."""
    cut = scan_of(np.ascontiguousarray(filled.hu[:, :, 21:]), filled.geometry.spacing_mm)
    roi = organ_of(Model(card=card(), run=doubtful, chest=all_of_it)).find_roi(cut).mask
    assert roi.voxels[4:12, 28:62, 67:75].all()


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


def test_filled_lung_is_found_by_the_chest_as_a_whole(filled: Scan) -> None:
    """What planes do not know for lung is added; without the second network it is not."""
    one, both = (
        organ_of(Model(card=card(), run=doubtful, chest=chest)).find_roi(filled).mask.voxels
        for chest in (None, all_of_it)
    )
    where = (slice(4, 12), slice(28, 62), slice(88, 96))
    assert not one[where].any()
    assert both[where].all()


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
