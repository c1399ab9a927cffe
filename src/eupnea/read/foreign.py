"""Where exceptions of other libraries become refusals."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom.config import disable_value_validation
from pydicom.errors import BytesLengthException, InvalidDicomError

from eupnea.errors import Refusal, RefusalCode

FOREIGN_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What decoders of foreign bytes were seen to raise on 950 malformed files."""


@contextmanager
def quietly() -> Iterator[None]:
    """Silences warnings of foreign decoders: they quote header values, which may be personal."""
    with warnings.catch_warnings(), disable_value_validation():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def refusing(
    where: str, *, expected: str, also: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Turns what a foreign decoder raises into a `Refusal`, and makes each name the file.

    The decoder's own message is dropped: it may quote a header value.

    Args:
        where: The file, as the user knows it.
        expected: What a good file would have been.
        also: Further exception types of the library in use.

    Raises:
        Refusal: `SOURCE_UNREADABLE`, or `SOURCE_TOO_LARGE` when memory ran out.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.where is not None:
            raise
        raise Refusal(
            refusal.code, expected=refusal.expected, found=refusal.found, where=where
        ) from None
    except (*FOREIGN_ERRORS, *also) as cause:
        too_large = isinstance(cause, MemoryError)
        raise Refusal(
            RefusalCode.SOURCE_TOO_LARGE if too_large else RefusalCode.SOURCE_UNREADABLE,
            expected=expected,
            found=f"{type(cause).__name__} while reading",
            where=where,
        ) from None
