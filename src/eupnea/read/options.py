"""What the reader takes for granted, and where it stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

HARMLESS_BYTES = 64 * 1024**2
"""So much any compressed file may become; a blank image shrinks to a thousandth."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Caps that are checked before memory or disk is taken."""

    file_bytes: int = 2 * 1024**3
    """Largest single file, also once inflated."""
    archive_bytes: int = 20 * 1024**3
    """Largest archive, once inflated."""
    archive_entries: int = 20_000
    """Most files in one archive."""
    inflation: int = 200
    """Largest ratio of inflated to stored bytes."""
    voxels: int = 2**30
    """Most voxels of one scan: 2 GiB as int16, such as 1024 x 1024 x 1024."""

    def inflated(self, stored_bytes: int) -> int:
        """Most bytes that a compressed file of this size may become.

        Examples:
            >>> Limits().inflated(10_000_000)
            2000000000
        """
        return min(self.file_bytes, max(HARMLESS_BYTES, self.inflation * stored_bytes))


MASK_LIMITS = Limits(inflation=1100)
"""For masks and labels: zlib shrinks them to a thousandth, which is the best it can."""


class NiftiAffine(StrEnum):
    """The two ways in which a NIfTI file says how it lies in the patient."""

    SFORM = "sform"
    QFORM = "qform"


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How strict the reader is.

    Examples:
        >>> ReadOptions().min_slices
        10
    """

    min_slices: int = 10
    """Fewest slices that make a volume."""
    max_spacing_mm: float = 10.0
    """Largest distance of neighbouring slices."""
    same_patient: bool = False
    """Whether the caller vouches that all scans are of one patient, whatever their headers say."""
    fill_gaps: bool = False
    """Whether a single missing slice is interpolated between its neighbours, and said so."""
    nifti_affine: NiftiAffine | None = None
    """Which one counts where a file states two that differ. The sform if `None`, unless
    the two exchange sides or axes, which is refused."""
    harmonise: bool = False
    """Whether thin slices and sharp kernels are blurred to those of the other scans."""
    hide_names: bool = False
    """Whether files are known by numbers: their own names may name the patient."""
    limits: Limits = field(default_factory=Limits)
