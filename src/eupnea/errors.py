"""Every error that Eupnea raises on purpose, in one tree.

    EupneaError                 exit code 1
    ├── UsageError              2   the call itself is wrong
    │   └── ExtraMissing        2   an optional extra is not installed
    ├── Refusal                 3   the input cannot be measured safely
    ├── OutputError             5   the output cannot be written
    └── ModelError              6   a model is missing or not what its card says

A `Refusal` carries a stable `RefusalCode`; programs match on the code, people
read the sentence. Nothing is measured, and nothing is written, from an input
that was refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class RefusalCode(StrEnum):
    """Why an input was refused. Codes are stable: they are never renamed."""

    SOURCE_MISSING = "SOURCE_MISSING"
    """The path does not exist."""
    SOURCE_UNREADABLE = "SOURCE_UNREADABLE"
    """The file exists and cannot be read or decoded."""
    SOURCE_TOO_LARGE = "SOURCE_TOO_LARGE"
    """Reading would take more memory or entries than the stated caps allow."""
    SOURCE_UNSAFE = "SOURCE_UNSAFE"
    """An archive or header points outside its own folder."""
    NO_CT = "NO_CT"
    """No CT image was found in the source."""
    NOT_CHEST = "NOT_CHEST"
    """The scan holds no lungs."""
    NOT_HU = "NOT_HU"
    """The voxel values are not, or cannot be shown to be, Hounsfield units."""
    NO_GEOMETRY = "NO_GEOMETRY"
    """Position, orientation or spacing is absent."""
    BAD_AFFINE = "BAD_AFFINE"
    """The affine is not finite, singular, or far from orthogonal."""
    BAD_SHAPE = "BAD_SHAPE"
    """The image is not a three-dimensional volume of positive size."""
    NIFTI_TRUNCATED = "NIFTI_TRUNCATED"
    """The NIfTI file ends before its data do, or its checksum is wrong."""
    SLICES_MISSING = "SLICES_MISSING"
    """Slices are missing from the series."""
    SLICES_UNEVEN = "SLICES_UNEVEN"
    """The distances between slices differ."""
    SLICES_TOO_FEW = "SLICES_TOO_FEW"
    """The series has too few slices to measure a volume."""
    SPACING_TOO_COARSE = "SPACING_TOO_COARSE"
    """The slices lie too far apart to measure a volume."""
    DUPLICATE_POSITION = "DUPLICATE_POSITION"
    """Two different slices lie at one position."""
    SERIES_MIXED = "SERIES_MIXED"
    """Slices of one series disagree in shape, spacing or orientation."""
    PATIENT_MIXED = "PATIENT_MIXED"
    """The scans or slices belong to more than one patient."""
    TIME_MISSING = "TIME_MISSING"
    """The scans cannot be ordered, because acquisition times are missing."""
    TIME_INVALID = "TIME_INVALID"
    """A date or time is not one."""
    TIME_EQUAL = "TIME_EQUAL"
    """Two scans claim the same acquisition time."""
    GEOMETRY_MISMATCH = "GEOMETRY_MISMATCH"
    """A mask or label lies on another grid than its scan."""
    LUNG_MISSING = "LUNG_MISSING"
    """One lung, or the common part of two scans, is missing."""
    SERVER_UNREACHABLE = "SERVER_UNREACHABLE"
    """The image archive does not answer."""
    SERVER_DENIED = "SERVER_DENIED"
    """The image archive does not accept the credentials, or none were given."""
    SERVER_FAILED = "SERVER_FAILED"
    """The image archive answers, but not with what DICOMweb promises."""
    LABEL_INVALID = "LABEL_INVALID"
    """A drawn label is empty, unknown, or beyond the organ."""


class EupneaError(Exception):
    """Base of every error raised on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(EupneaError, ValueError):
    """The call itself is wrong: an unknown option, a wrong number of dates."""

    exit_code = 2


class ExtraMissing(UsageError, ImportError):
    """An optional extra is not installed; the message names the command."""

    def __init__(self, extra: str, *, needed_for: str) -> None:
        self.extra = extra
        super().__init__(f"{needed_for} needs an extra: pip install 'eupnea[{extra}]'")


class Refusal(EupneaError, ValueError):
    """An input that cannot be measured safely.

    Args:
        code: The stable reason.
        expected: What a measurable input would have had.
        found: What this one has.
        where: File, series or slice that the refusal is about; never a
            patient's name.

    Examples:
        >>> raise Refusal(
        ...     RefusalCode.SLICES_TOO_FEW, expected="at least 10 slices", found="2"
        ... )
        Traceback (most recent call last):
        eupnea.errors.Refusal: SLICES_TOO_FEW: expected at least 10 slices, found 2
    """

    exit_code = 3

    def __init__(
        self, code: RefusalCode, *, expected: str, found: str, where: str | None = None
    ) -> None:
        self.code = code
        self.expected = expected
        self.found = found
        self.where = where
        place = f" ({where})" if where else ""
        super().__init__(f"{code}: expected {expected}, found {found}{place}")


class OutputError(EupneaError, OSError):
    """The output cannot be written; nothing half-written is left behind."""

    exit_code = 5


class ModelError(EupneaError, ValueError):
    """A model is missing, altered, or of a shape that cannot be run."""

    exit_code = 6
