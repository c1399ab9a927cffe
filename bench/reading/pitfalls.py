"""Series with one pitfall each, and what a right reading of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from support.ct import chest_hu, ct_series, put, save, set_pixels
from support.enhanced import enhanced
from support.jpeg_lossless import encode

SHAPE = (24, 40, 48)
SPACING_MM = (8.0, 7.0, 7.0)
ORIGIN_MM = (-100.0, -120.0, -300.0)
AIR_HU = -1024


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """Values, and the affine from array index to LPS mm."""

    hu: NDArray[np.int16]
    affine: NDArray[np.float64]


Maker = Callable[[Path], Truth | None]
PITFALLS: dict[str, Maker] = {}


def pitfall(name: str) -> Callable[[Maker], Maker]:
    """Registers a function that writes a series and tells the truth; `None` if there is none."""

    def register(maker: Maker) -> Maker:
        PITFALLS[name] = maker
        return maker

    return register


def _hu() -> NDArray[np.int16]:
    """The small chest with noise, so that no slice is like another."""
    noise = np.random.default_rng(7).integers(-30, 31, SHAPE, dtype=np.int16)
    return chest_hu(SHAPE) + noise


def _chest() -> list[FileDataset]:
    return ct_series(hu=_hu(), spacing_mm=SPACING_MM, origin_mm=ORIGIN_MM)


def _truth(hu: NDArray[np.int16] | None = None) -> Truth:
    affine = np.eye(4)
    affine[:3, :3] = np.diag(SPACING_MM)[::-1]
    affine[:3, 3] = ORIGIN_MM
    return Truth(hu=_hu() if hu is None else hu, affine=affine)


@pitfall("none")
def _plain(folder: Path) -> Truth | None:
    save(_chest(), folder)
    return _truth()


@pitfall("1 slice missing")
def _one_missing(folder: Path) -> Truth | None:
    slices = _chest()
    del slices[11]
    save(slices, folder)
    return _truth()


@pitfall("4 slices missing")
def _four_missing(folder: Path) -> Truth | None:
    slices = _chest()
    del slices[9:13]
    save(slices, folder)
    return _truth()


@pitfall("spacing changes from 4 to 10 mm")
def _uneven(folder: Path) -> Truth | None:
    slices = _chest()
    for k, one in enumerate(slices):
        one.ImagePositionPatient[2] = -300 + 4 * min(k, 12) + 10 * max(k - 12, 0)
    save(slices, folder)
    return None


@pitfall("jitter of 0.04 mm")
def _jitter(folder: Path) -> Truth | None:
    slices = _chest()
    for k, one in enumerate(slices):
        one.ImagePositionPatient[2] += 0.04 * (-1) ** k
    save(slices, folder)
    return _truth()


@pitfall("gantry tilt of 15 degrees")
def _tilt(folder: Path) -> Truth | None:
    angle = np.radians(15.0)
    down = [0, np.cos(angle), np.sin(angle)]
    step = np.array([0, 0, SPACING_MM[0] / np.cos(angle)])
    hu = _hu()
    save(
        ct_series(
            hu=hu,
            spacing_mm=SPACING_MM,
            origin_mm=ORIGIN_MM,
            directions=[1, 0, 0, *down],
            step=step.tolist(),
            GantryDetectorTilt=15,
        ),
        folder,
    )
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = step, np.array(down) * SPACING_MM[1]
    affine[:3, 2], affine[:3, 3] = [SPACING_MM[2], 0, 0], ORIGIN_MM
    return Truth(hu=hu, affine=affine)


@pitfall("2 slices sent twice")
def _copies(folder: Path) -> Truth | None:
    copies = _chest()[5:7]
    for n, one in enumerate(copies):
        put(one, SOPInstanceUID=f"1.2.{n}")
    save([*_chest(), *copies], folder)
    return _truth()


@pitfall("2 different slices at one place")
def _doubles(folder: Path) -> Truth | None:
    twin = _chest()[5]
    set_pixels(twin, _hu()[9])
    put(twin, SOPInstanceUID="1.2.3")
    save([*_chest(), twin], folder)
    return None


@pitfall("localizer under the same series")
def _localizer(folder: Path) -> Truth | None:
    scout = _chest()[0]
    put(
        scout,
        SOPInstanceUID="1.2.3",
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
        ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
        ImagePositionPatient=[0, -120, 400],
    )
    save([*_chest(), scout], folder)
    return _truth()


@pitfall("two patients under one series")
def _two_patients(folder: Path) -> Truth | None:
    slices = _chest()
    for one in slices[12:]:
        put(one, PatientID="case-8", PatientBirthDate="19610203")
    save(slices, folder)
    return None


@pitfall("last file cut off")
def _cut_off(folder: Path) -> Truth | None:
    save(_chest(), folder)
    victim = folder / "IM0023.dcm"
    victim.write_bytes(victim.read_bytes()[:-1000])
    return _truth()


@pitfall("no position")
def _no_position(folder: Path) -> Truth | None:
    slices = _chest()
    for one in slices:
        put(one, ImagePositionPatient=None)
    save(slices, folder)
    return None


@pitfall("slope and intercept per slice")
def _per_slice(folder: Path) -> Truth | None:
    slices = _chest()
    for k, one in enumerate(slices):
        set_pixels(one, _hu()[k], intercept=-1024 - 30 * (k % 2))
    save(slices, folder)
    return _truth()


@pitfall("no slope and intercept")
def _no_rescale(folder: Path) -> Truth | None:
    slices = _chest()
    for one in slices:
        put(one, RescaleSlope=None, RescaleIntercept=None)
    save(slices, folder)
    return _truth()


@pitfall("padding of -2000")
def _padding(folder: Path) -> Truth | None:
    hu = _hu()
    hu[:, :6, :6] = -3024
    slices = _chest()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1, PixelPaddingValue=-2000)
    save(slices, folder)
    return _truth(np.where(hu == -3024, np.int16(AIR_HU), hu))


@pitfall("MONOCHROME1")
def _monochrome1(folder: Path) -> Truth | None:
    slices = _chest()
    for one in slices:
        put(one, PhotometricInterpretation="MONOCHROME1")
    save(slices, folder)
    return _truth()


@pitfall("instance numbers reversed")
def _reversed(folder: Path) -> Truth | None:
    slices = _chest()
    for k, one in enumerate(slices):
        one.InstanceNumber = len(slices) - k
    save(slices, folder)
    return _truth()


@pitfall("feet first, prone")
def _feet_first_prone(folder: Path) -> Truth | None:
    hu = _hu()[::-1, ::-1, :]
    shift = [0, SPACING_MM[1] * (SHAPE[1] - 1), SPACING_MM[0] * (SHAPE[0] - 1)]
    slices = ct_series(
        hu=hu,
        spacing_mm=SPACING_MM,
        origin_mm=np.add(ORIGIN_MM, shift).tolist(),
        directions=[1, 0, 0, 0, -1, 0],
        PatientPosition="FFP",
    )
    save(slices, folder)
    return _truth()


@pitfall("two slices only")
def _two_slices(folder: Path) -> Truth | None:
    save(_chest()[:2], folder)
    return None


@pitfall("enhanced multi-frame, frames in any order")
def _shuffled(folder: Path) -> Truth | None:
    order = np.random.default_rng(0).permutation(SHAPE[0]).tolist()
    save([enhanced(_chest(), order)], folder)
    return _truth()


@pitfall("enhanced multi-frame")
def _multiframe(folder: Path) -> Truth | None:
    save([enhanced(_chest(), range(SHAPE[0]))], folder)
    return _truth()


def _compressed(syntax: UID) -> Maker:
    """The series in a lossless compression."""

    def make(folder: Path) -> Truth | None:
        slices = _chest()
        for one in slices:
            if syntax == JPEGLosslessSV1:
                one.PixelData = encapsulate([encode(one.pixel_array)])
                one["PixelData"].is_undefined_length = True
                one.file_meta.TransferSyntaxUID = syntax
            elif syntax.is_encapsulated:
                one.compress(syntax, generate_instance_uid=False)
            else:
                one.file_meta.TransferSyntaxUID = syntax
        save(slices, folder)
        return _truth()

    return make


PITFALLS |= {
    "JPEG lossless": _compressed(JPEGLosslessSV1),
    "JPEG-LS lossless": _compressed(JPEGLSLossless),
    "JPEG 2000 lossless": _compressed(JPEG2000Lossless),
    "RLE": _compressed(RLELossless),
    "deflated": _compressed(DeflatedExplicitVRLittleEndian),
}


@pitfall("decubitus, on the right side")
def _decubitus(folder: Path) -> Truth | None:
    turned = np.rot90(_hu(), k=1, axes=(1, 2))
    slices = ct_series(
        hu=np.ascontiguousarray(turned),
        spacing_mm=SPACING_MM,
        origin_mm=np.add(ORIGIN_MM, [SPACING_MM[2] * (SHAPE[2] - 1), 0, 0]).tolist(),
        directions=[0, 1, 0, -1, 0, 0],
        PatientPosition="HFDR",
    )
    save(slices, folder)
    return _truth()


@pitfall("two kernels under one series")
def _two_kernels(folder: Path) -> Truth | None:
    sharp = _chest()
    for k, one in enumerate(sharp):
        set_pixels(one, np.clip(_hu()[k] + 60 * (-1) ** np.arange(SHAPE[2]), -1024, 3000))
        put(one, ConvolutionKernel="B70f", SOPInstanceUID=f"1.2.4.{k}", AcquisitionNumber=2)
    save([*_chest(), *sharp], folder)
    return _truth()


@pitfall("a slice of another size under the same series")
def _other_size(folder: Path) -> Truth | None:
    stray = _chest()[0]
    put(stray, SOPInstanceUID="1.2.3", ImagePositionPatient=[0, 0, -340])
    set_pixels(stray, np.zeros((4, 4)))
    save([*_chest(), stray], folder)
    return _truth()


@pitfall("padding between two values")
def _padding_range(folder: Path) -> Truth | None:
    hu = _hu()
    hu[:, :6, :6] = np.linspace(-3024, -2000, 36).reshape(6, 6)
    slices = _chest()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = (plane + 1024).astype("<i2").tobytes()
        put(one, PixelRepresentation=1, PixelPaddingValue=-2000, PixelPaddingRangeLimit=-976)
    save(slices, folder)
    return _truth(np.where(hu <= -2000, np.int16(AIR_HU), hu))


@pitfall("twelve bits with a sign, and what stands above them")
def _twelve_bits(folder: Path) -> Truth | None:
    hu = np.clip(_hu(), -1000, 1000)
    slices = _chest()
    for one, plane in zip(slices, hu, strict=True):
        one.PixelData = ((plane & 0x0FFF) | 0x3000).astype("<u2").tobytes()
        put(one, PixelRepresentation=1, BitsStored=12, HighBit=11, RescaleIntercept=0)
    save(slices, folder)
    return _truth(hu)
