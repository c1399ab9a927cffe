"""A trained model: its networks, checked against its card, and what they say of a scan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box
from eupnea.errors import ModelError, Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment.ahead import ahead
from eupnea.segment.card import Calibration, ModelCard
from eupnea.segment.chest import CHEST_SIDE_MULTIPLE, WINDOWS_HU, chest_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.located import Located, with_located
from eupnea.segment.onnx_network import Network, open_network
from eupnea.segment.pixel_axis import PLANE_SPACING_MM, SIDE_MULTIPLE
from eupnea.segment.planes import PlaneGrid
from eupnea.segment.usual_breath import DensityTable

SHIPPED = "eupnea-lung"
"""The model in the package."""

CHEST = "-chest"
"""Ends the name of the second network of a model."""

THREADS = 2
BATCH = 4

FEWEST_SLICES = 10
WIDEST_SPACING_MM = 10.0

EVEN_ODDS = 128
"""Of 255: what is at least this certain is so."""

LEAST_ROI = 4
"""Of 255: where the organ is less certain, a share of it tells little."""


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
    run: Network = field(repr=False)
    """(batch, channels, rows, columns) to (batch, 2, rows, columns), shares of roi and normal."""
    chest: Network | None = field(default=None, repr=False)
    """(1, windows, slices, rows, columns) to (1, 1, slices, rows, columns), share of the organ."""

    def predict(
        self,
        scan: Scan,
        *,
        within: Box | None = None,
        densities: DensityTable | None = None,
        located: Located | None = None,
    ) -> Prediction:
        """Runs the network over a scan.

        Args:
            scan: Any chest CT.
            within: The part of it that is looked at, elsewhere is nothing; all if `None`, or
                if the part holds nothing of the body.
            densities: What each of its densities is shown as; itself if `None`.
            located: What `locate` says of the scan, if it was asked.

        Raises:
            Refusal: `SLICES_TOO_FEW` or `SPACING_TOO_COARSE`.
            ModelError: If an answer is not a number.
        """
        _refuse_unseen(scan)
        grid = PlaneGrid.of(scan, self.card.plane_offsets_mm, within=within)
        signals = grid.signals(scan, batch=BATCH, densities=densities)
        if self.card.sees_located:
            signals = grid.told(signals, located)
        answers = self._finite(np.concatenate([self.run(signal) for signal in ahead(signals)]))
        with ThreadPoolExecutor(2) as both:
            roi, normal = both.map(grid.restore, (answers[:, 0], answers[:, 1]))
        return Prediction(roi=roi, normal=normal, geometry=scan.geometry)

    def judge(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shares of roi and normal of planes by themselves, of no known place in a chest.

        Args:
            planes: (batch, planes, rows, columns) as `eupnea.segment.planes.to_signal` gives.
        """
        return self.run(with_located(planes, None) if self.card.sees_located else planes)

    def locate(self, coarse: Coarse) -> Located | None:
        """How sure each coarse voxel belongs to the organ, whatever fills it.

        `None` of a model that does not look at the chest as a whole.

        Raises:
            ModelError: If an answer is not a number.
        """
        if self.chest is None:
            return None
        grid, signal = chest_of(coarse)
        sure = grid.restore(self._finite(self.chest(signal))[0, 0])
        return Located(sure=sure, blocks=coarse.blocks)

    def _finite(self, answers: NDArray[np.float32]) -> NDArray[np.float32]:
        if not np.isfinite(answers).all():
            raise ModelError(f"expected finite answers of {self.card.name}, found NaN or infinity")
        return answers


def load(path: Path | str | None = None, *, threads: int = THREADS) -> Model:
    """Loads a model: an ONNX file with its card, of the same name, beside it.

    Args:
        path: The ONNX file, or a folder that holds one; `None` for the
            model in the package.
        threads: For each convolution. The answer does not depend on it.

    Raises:
        ModelError: If a file or the card is missing, a file is not the
            one that the card names, or its shape cannot be run.
    """
    if path is None:
        with as_file(files("eupnea.segment") / "weights") as folder:
            return load(folder / f"{SHIPPED}.onnx", threads=threads)
    onnx = onnx_of(Path(path))
    card = ModelCard.read(onnx.with_suffix(".json"))
    _check_planes(card)
    _check_chest(card)
    run = open_network(
        onnx,
        sha256=card.sha256,
        channels=card.channels,
        answers=2,
        sides=(2 * SIDE_MULTIPLE,) * 2,
        threads=threads,
    )
    located = card.chest_sha256
    chest = None if located is None else open_chest(onnx, sha256=located, threads=threads)
    return Model(card=card, run=run, chest=chest)


def chest_path(onnx: Path) -> Path:
    """Where the network that looks at the whole chest lies, beside the other."""
    return onnx.with_name(f"{onnx.stem}{CHEST}.onnx")


def open_chest(onnx: Path, *, sha256: str, threads: int = THREADS) -> Network:
    """Opens the network that looks at the whole chest, beside the other; see `open_network`."""
    return open_network(
        chest_path(onnx),
        sha256=sha256,
        channels=len(WINDOWS_HU),
        answers=1,
        sides=(CHEST_SIDE_MULTIPLE,) * 3,
        threads=threads,
    )


def onnx_of(path: Path) -> Path:
    """The network of planes of a model: the ONNX file itself, or the one that a folder holds.

    Raises:
        ModelError: If a folder holds none or several.
    """
    if not path.is_dir():
        return path
    found = sorted(onnx for onnx in path.glob("*.onnx") if not onnx.stem.endswith(CHEST))
    if len(found) != 1:
        raise ModelError(f"expected one ONNX file in {path.name}, found {len(found)}")
    return found[0]


def _check_planes(card: ModelCard) -> None:
    if card.plane_spacing_mm != PLANE_SPACING_MM:
        raise ModelError(
            f"expected planes of {PLANE_SPACING_MM} mm pixels, found {card.plane_spacing_mm}"
        )
    offsets = card.plane_offsets_mm
    if card.planes % 2 == 0 or offsets[card.planes // 2] != 0.0:
        raise ModelError(f"expected planes of which the middle one is judged, found {offsets} mm")


def _check_chest(card: ModelCard) -> None:
    if card.sees_located and card.chest_sha256 is None:
        raise ModelError(
            f"expected the network of the whole chest that {card.name} sees, found none"
        )


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
