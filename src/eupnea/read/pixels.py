"""Decodes stored values and turns them into Hounsfield units."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.utils import get_expected_length
from pydicom.uid import UID

from eupnea.errors import Refusal, RefusalCode
from eupnea.read.attributes import integer, value
from eupnea.read.ct_slice import CtSlice, Rescale
from eupnea.read.dicom_file import read_whole
from eupnea.read.foreign import refusing
from eupnea.read.options import Limits

AIR_HU = -1024
"""What padding is set to: the air of a scanner with 12 bits."""

DECODERS = "pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg pyjpegls"
"""What decodes compressed pixels; all of it comes with Eupnea."""

_INT16 = np.iinfo(np.int16)


@dataclass(kw_only=True)
class PixelReader:
    """Reads stored values, remembering the last multi-frame file.

    Examples:
        >>> PixelReader(limits=Limits())
        PixelReader()
    """

    limits: Limits = field(repr=False)
    _name: str = field(default="", init=False, repr=False)
    _frames: NDArray[Any] | None = field(default=None, init=False, repr=False)

    def stored(self, one: CtSlice) -> NDArray[Any]:
        """Stored values (rows, columns) of a slice, as integers of any width.

        Raises:
            Refusal: `SOURCE_UNREADABLE` when the pixels cannot be decoded,
                `SOURCE_TOO_LARGE` when they would not fit the caps.
        """
        if one.frame is None:
            return self._decode(one)
        if self._frames is None or self._name != one.file.name:
            self._name, self._frames = one.file.name, self._decode(one)
        with refusing(one.name, expected="pixels for each frame"):
            return np.asarray(self._frames.reshape(-1, *one.shape)[one.frame])

    def _decode(self, one: CtSlice) -> NDArray[Any]:
        with refusing(one.name, expected="pixels that can be decoded"):
            _refuse_large(one, self.limits)
            whole = read_whole(one.file)
            syntax = whole.file_meta.TransferSyntaxUID
            if not syntax.is_compressed:
                _refuse_short(whole, one)
            decoded, _ = _decoder(syntax).as_array(whole, raw=True)
            if decoded.shape[-2:] != one.shape or decoded.dtype.kind not in "iu":
                raise ValueError("shape")
            return np.asarray(decoded)


def _decoder(syntax: UID) -> Decoder:
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected="a compression that CT is stored in",
            found=syntax.name if syntax.name != syntax else "an unknown one",
        ) from None
    if not decoder.is_available:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected=f"a decoder of {syntax.name} (pip install {DECODERS})",
            found="none",
        )
    return decoder


def within_bits(stored: NDArray[Any], header: Dataset) -> NDArray[Any]:
    """Stored values without what lies above their high bit, the sign carried on (PS3.5 8.1.1).

    Examples:
        >>> header = Dataset()
        >>> header.BitsStored, header.PixelRepresentation = 12, 1
        >>> within_bits(np.array([0x0FFF, 0x0001], np.int16), header).tolist()
        [-1, 1]
    """
    unused = stored.dtype.itemsize * 8 - (integer(header, "BitsStored") or 0)
    if not 0 < unused < stored.dtype.itemsize * 8:
        return stored
    return np.asarray((stored << unused) >> unused)


def hounsfield(stored: NDArray[Any], rescale: Rescale) -> NDArray[np.int16]:
    """Stored values times slope plus intercept, rounded to int16.

    What lies beyond int16 is set to its end: only metal and padding do.

    Examples:
        >>> hounsfield(np.array([0, 1024]), Rescale(slope=1, intercept=-1024)).tolist()
        [-1024, 0]
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        return _look_up(stored, rescale)
    return _scale(stored, rescale)


def _scale(values: NDArray[Any], rescale: Rescale) -> NDArray[np.int16]:
    scaled = np.rint(values.astype(np.float64) * rescale.slope + rescale.intercept)
    return np.asarray(np.clip(scaled, _INT16.min, _INT16.max).astype(np.int16))


def _look_up(stored: NDArray[Any], rescale: Rescale) -> NDArray[np.int16]:
    """The same by a table of every value there is: a few passes less over memory."""
    native = np.ascontiguousarray(stored, stored.dtype.newbyteorder("="))
    table = _table(native.dtype, rescale)
    return np.asarray(table[native.view(f"u{native.itemsize}")])


@lru_cache(maxsize=8)
def _table(dtype: np.dtype[Any], rescale: Rescale) -> NDArray[np.int16]:
    """For each bit pattern of the type, read as unsigned, its Hounsfield units."""
    ends = np.iinfo(dtype)
    return np.roll(_scale(np.arange(ends.min, ends.max + 1), rescale), ends.min)


def padding_of(stored: NDArray[Any], header: Dataset) -> NDArray[np.bool_] | None:
    """Which stored values are declared as padding (PS3.3 C.7.5.1.1.2); `None` if none can be."""
    low = _padding_value(header, "PixelPaddingValue")
    if low is None:
        return None
    limit = _padding_value(header, "PixelPaddingRangeLimit")
    low, high = sorted((low, low if limit is None else limit))
    found = (stored >= low) & (stored <= high)
    return np.asarray(found) if found.any() else None


def _padding_value(header: Dataset, keyword: str) -> int | None:
    """The value in the pixels' own sign, whichever of US and SS the file claims."""
    found = value(header, keyword)
    signed = integer(header, "PixelRepresentation") == 1
    if isinstance(found, bytes):
        return int.from_bytes(found[:2], "little", signed=signed)
    stated = integer(header, keyword)
    if stated is None:
        return None
    if signed and stated > _INT16.max:
        return stated - 2**16
    return stated + 2**16 if not signed and stated < 0 else stated


def _refuse_large(one: CtSlice, limits: Limits) -> None:
    frames = integer(one.header, "NumberOfFrames") or 1
    voxels = one.shape[0] * one.shape[1] * frames
    if voxels > limits.voxels or voxels < 1:
        raise Refusal(
            RefusalCode.SOURCE_TOO_LARGE if voxels else RefusalCode.BAD_SHAPE,
            expected=f"1 to {limits.voxels} pixels",
            found=str(voxels),
            where=one.name,
        )


def _refuse_short(whole: Dataset, one: CtSlice) -> None:
    expected, found = get_expected_length(whole), len(whole.PixelData)
    if found < expected:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected=f"{expected} bytes of pixels",
            found=str(found),
            where=one.name,
        )
