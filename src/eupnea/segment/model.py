"""The runner of a trained model: from a scan to what is lung, and what of it is normal."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import fill_voids
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from eupnea.box import Box, box_of
from eupnea.errors import ModelError, Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from eupnea.note import Note
from eupnea.organ import Method, NormalRegion, Organ, RegionOfInterest
from eupnea.scan import Scan
from eupnea.segment.air_scale import density_scale
from eupnea.segment.airways import airway_air_hu
from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.card import Calibration, ModelCard, sha256_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.components import components
from eupnea.segment.dense import dense_beside
from eupnea.segment.inner_air import SMALLEST_PART, InnerAir
from eupnea.segment.lung_notes import inflation_notes, lung_notes
from eupnea.segment.lungs import close_sides, refuse_without_lungs
from eupnea.segment.parenchyma import parenchyma_of
from eupnea.segment.planes import PLANE_SPACING_MM, SIDE_MULTIPLE, PlaneGrid
from eupnea.segment.sides import split_sides
from eupnea.segment.zones import lung_zones
from eupnea.volume import Volume

SHIPPED = "eupnea-lung"
"""The model in the package."""

THREADS = 2
BATCH = 4

FEWEST_SLICES = 10
WIDEST_SPACING_MM = 10.0

EVEN_ODDS = 128
"""Of 255: what is at least this certain is so."""

LEAST_ROI = 4
"""Of 255: where the organ is less certain, a share of it tells little."""

CONSEQUENCE = "the model may call dependent lung abnormal that is only poorly aerated"
"""Of a lung that is not inflated."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """What the network says of each voxel of a scan: shares of 255, on the scan's grid."""

    roi: NDArray[np.uint8]
    """That it belongs to the organ."""
    normal: NDArray[np.uint8]
    """That it belongs to the organ and is normal."""
    geometry: Geometry

    def crop(self, box: Box) -> Prediction:
        """What is said of a box of the scan; shares memory."""
        return Prediction(
            roi=self.roi[box], normal=self.normal[box], geometry=self.geometry.crop(box)
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A trained network, checked against its card; see `load`."""

    card: ModelCard
    run: Callable[[NDArray[np.float32]], NDArray[np.float32]] = field(repr=False)
    """(batch, planes, rows, columns) to (batch, 2, rows, columns), shares of roi and normal."""

    def predict(self, scan: Scan) -> Prediction:
        """Runs the network over all of a scan.

        Raises:
            Refusal: `SLICES_TOO_FEW` or `SPACING_TOO_COARSE`.
            ModelError: If an answer is not a number.
        """
        _refuse_unseen(scan)
        grid = PlaneGrid.of(scan, self.card.plane_offsets_mm)
        answers = np.concatenate([self.run(signal) for signal in grid.signals(scan, batch=BATCH)])
        if not np.isfinite(answers).all():
            raise ModelError(f"expected finite answers of {self.card.name}, found NaN or infinity")
        return Prediction(
            roi=grid.restore(answers[:, 0]),
            normal=grid.restore(answers[:, 1]),
            geometry=scan.geometry,
        )

    def organ(self) -> Organ:
        """The organ whose region of interest and normal region this model finds."""
        return _Finder(model=self).organ


def load(path: Path | str | None = None, *, threads: int = THREADS) -> Model:
    """Loads a model: an ONNX file with its card, of the same name, beside it.

    Args:
        path: The ONNX file, or a folder that holds one; `None` for the
            model in the package.
        threads: For each convolution. The answer does not depend on it.

    Raises:
        ModelError: If the file or its card is missing, the file is not the
            one that the card names, or its shape cannot be run.
    """
    if path is None:
        with as_file(files("eupnea.segment") / "weights") as folder:
            return load(folder / f"{SHIPPED}.onnx", threads=threads)
    onnx = _only_onnx(Path(path))
    card = ModelCard.read(onnx.with_suffix(".json"))
    _check_card(card, onnx)
    return Model(card=card, run=_runner(onnx, card.planes, threads))


def _only_onnx(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.onnx"))
    if len(found) != 1:
        raise ModelError(f"expected one ONNX file in {path.name}, found {len(found)}")
    return found[0]


def _check_card(card: ModelCard, onnx: Path) -> None:
    digest = sha256_of(onnx)
    if digest != card.sha256:
        raise ModelError(f"expected {onnx.name} with sha256 {card.sha256}, found {digest}")
    if card.plane_spacing_mm != PLANE_SPACING_MM:
        raise ModelError(
            f"expected planes of {PLANE_SPACING_MM} mm pixels, found {card.plane_spacing_mm}"
        )
    offsets = card.plane_offsets_mm
    if card.planes % 2 == 0 or offsets[card.planes // 2] != 0.0:
        raise ModelError(f"expected planes of which the middle one is judged, found {offsets} mm")


def _runner(
    onnx: Path, planes: int, threads: int
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            onnx.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise ModelError(f"expected a network in {onnx.name}, found: {error}") from error
    _check_shape(session, onnx.name, planes)
    name = session.get_inputs()[0].name
    return lambda planes: np.asarray(session.run(None, {name: planes})[0], dtype=np.float32)


def _check_shape(session: Any, name: str, planes: int) -> None:
    """One small plane goes through, and comes back with two answers."""
    side = 2 * SIDE_MULTIPLE
    signal = np.zeros((1, planes, side, side), np.float32)
    expected = (1, 2, side, side)
    try:
        found = session.run(None, {session.get_inputs()[0].name: signal})[0].shape
    except Exception as error:
        raise ModelError(f"expected {name} to take {signal.shape}, found: {error}") from error
    if found != expected:
        raise ModelError(f"expected answers of shape {expected} from {name}, found {found}")


def _refuse_unseen(scan: Scan) -> None:
    """Refuses what the network was never trained on."""
    slices, spacing = scan.geometry.shape[0], scan.geometry.spacing_mm[0]
    if slices < FEWEST_SLICES:
        raise Refusal(
            RefusalCode.SLICES_TOO_FEW, expected=f"at least {FEWEST_SLICES}", found=str(slices)
        )
    if spacing > WIDEST_SPACING_MM:
        raise Refusal(
            RefusalCode.SPACING_TOO_COARSE,
            expected=f"slices at most {WIDEST_SPACING_MM:.0f} mm apart",
            found=f"{spacing:.1f} mm",
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Finder:
    """The two questions of an `Organ`, answered by one prediction per scan."""

    model: Model
    _last: list[tuple[weakref.ref[Scan], Prediction]] = field(default_factory=list)

    @cached_property
    def organ(self) -> Organ:
        card = self.model.card
        method = Method(name=card.name, version=card.version, summary=card.summary)
        return Organ(
            name=card.organ,
            roi_method=method,
            normal_method=method,
            find_roi=self.find_roi,
            find_normal=self.find_normal,
            find_zones=lung_zones,
        )

    def find_roi(self, scan: Scan) -> RegionOfInterest:
        with ThreadPoolExecutor(1) as beside:
            anatomy = beside.submit(_Anatomy.of, scan)
            shares = self._predict(scan).roi
        coarse, airways = anatomy.result().coarse, anatomy.result().inner.airways
        air_hu = airway_air_hu(coarse, airways)
        if (scale := density_scale(air_hu)) != 1.0:
            shares = self._predict(scan, scale=scale).roi
        found = _lungs(scan, shares, anatomy.result())
        lungs = coarse.blocks.holding(found)
        refuse_without_lungs(lungs & (coarse.hu < LUNG_AIR_HU), lungs, coarse)
        sides = split_sides(lungs, coarse.spacing_mm)
        return RegionOfInterest(
            mask=Mask(voxels=found, geometry=scan.geometry),
            notes=lung_notes(sides, coarse, air_hu),
            air_hu=air_hu,
        )

    def find_normal(self, scan: Scan, roi: Mask) -> NormalRegion:
        shares, box = self._predict(scan), roi.box()
        certainty = np.zeros(scan.geometry.shape, np.uint8)
        certainty[box] = certainty_of(shares.crop(box), self.model.card.calibration)
        certainty[box][~roi.voxels[box]] = 0
        normal = Mask(voxels=certainty >= EVEN_ODDS, geometry=scan.geometry)
        return NormalRegion(mask=normal, certainty=certainty, notes=_inflation(scan, roi))

    def _predict(self, scan: Scan, *, scale: float | None = None) -> Prediction:
        """What was last said of the scan, or, at a new scale of densities, what is said now."""
        known = self._last and self._last[0][0]() is scan
        if scale is not None or not known:
            seen = self.model.predict(_scaled(scan, scale or 1.0))
            self._last[:] = [(weakref.ref(scan), seen)]
        return self._last[0][1]


def _scaled(scan: Scan, scale: float) -> Scan:
    """The scan with its densities multiplied."""
    if scale == 1.0:
        return scan
    voxels = np.rint(scan.hu * scale).astype(np.int16)
    return replace(scan, volume=Volume(voxels=voxels, geometry=scan.volume.geometry))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Anatomy:
    """What is known of a scan without the network; found while that runs."""

    coarse: Coarse
    inner: InnerAir
    closed: NDArray[np.bool_]
    """The lungs by their closed shape, on the coarse grid."""

    @classmethod
    def of(cls, scan: Scan) -> _Anatomy:
        coarse = Coarse.of(scan.volume)
        inner = InnerAir.of(coarse)
        return cls(coarse=coarse, inner=inner, closed=close_sides(inner.aerated, coarse) > 0)


def _lungs(scan: Scan, shares: NDArray[np.uint8], anatomy: _Anatomy) -> NDArray[np.bool_]:
    """The lungs as network and anatomy see them together, on the scan's grid."""
    coarse, inner, blocks = anatomy.coarse, anatomy.inner, anatomy.coarse.blocks
    taken = blocks.holding(shares >= EVEN_ODDS)
    outside = inner.no_lung | dense_beside(taken, blocks.middles(shares), anatomy.closed, coarse)
    box = box_of(taken | inner.aerated)
    fine, near = blocks.fine_box(box), blocks.crop(box)
    aerated = near.to_source(inner.aerated[box]) & (scan.hu[fine] < LUNG_AIR_HU)
    whole = whole_lungs((shares[fine] >= EVEN_ODDS) | aerated)
    lungs = np.zeros(shares.shape, bool)
    lungs[fine] = whole & ~near.to_source(outside[box])
    return lungs


def _inflation(scan: Scan, roi: Mask) -> tuple[Note, ...]:
    """The note on lungs in expiration, which the network overcalls."""
    box = roi.box()
    coarse = Coarse.of(scan.volume.crop(box))
    lungs = coarse.blocks.holding(roi.voxels[box])
    density = parenchyma_of(coarse.hu, lungs, coarse.spacing_mm)
    return inflation_notes(density.mode_hu, consequence=CONSEQUENCE)


def whole_lungs(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pieces that are large enough to be lungs, their holes filled.

    Args:
        found: (slices, rows, columns).
    """
    labels, counts = components(found, connectivity=6)
    large = int(np.count_nonzero(counts >= SMALLEST_PART * counts.max(initial=0)))
    kept = (labels > 0) & (labels <= large)
    return np.asarray(fill_voids.fill(kept), dtype=bool)


def certainty_of(seen: Prediction, calibration: Calibration) -> NDArray[np.uint8]:
    """Calibrated certainty, 0 to 255, that a voxel is normal, given that it is of the organ.

    The share of normal is divided by that of the organ: at the organ's border
    both fall together, and what is half outside is no less normal for that.
    """
    step = np.arange(256, dtype=np.float64)
    roi, normal = np.meshgrid(np.maximum(step, LEAST_ROI), step, indexing="ij")
    share = np.clip(normal / roi, 0.002, 0.998)
    raised = calibration.slope * np.log(share / (1 - share)) + calibration.shift
    table = np.rint(255.0 / (1.0 + np.exp(-raised))).astype(np.uint8)
    return np.asarray(table.ravel()[seen.roi.astype(np.uint16) * np.uint16(256) + seen.normal])
