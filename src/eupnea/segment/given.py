"""A region of interest that a reader drew, or another tool found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eupnea.errors import Refusal, RefusalCode, UsageError
from eupnea.mask import Mask
from eupnea.organ import Method, RegionOfInterest
from eupnea.read import read_mask
from eupnea.scan import Scan

METHOD = Method(
    name="given-mask",
    version="1",
    summary="The region of interest was given as a mask: drawn by a reader, or found by another "
    "tool. Eupnea took it as it is.",
)


@dataclass(frozen=True, kw_only=True)
class GivenMasks:
    """Mask files, each of which belongs to the scan on whose grid it lies."""

    paths: tuple[Path, ...]

    @classmethod
    def of(cls, paths: Sequence[Path | str]) -> GivenMasks:
        """Masks from NIfTI, MetaImage or NRRD files."""
        return cls(paths=tuple(Path(path) for path in paths))

    def find_roi(self, scan: Scan) -> RegionOfInterest:
        """The one mask that lies on the scan's grid; every voxel that is not zero.

        Raises:
            Refusal: `GEOMETRY_MISMATCH` when none does, `LABEL_INVALID` when
                the mask is empty, or whatever is wrong with a file.
            UsageError: When several do: which is meant is never guessed.
        """
        fitting = [(path, mask) for path in self.paths if (mask := _fitting(path, scan))]
        if not fitting:
            raise Refusal(
                RefusalCode.GEOMETRY_MISMATCH,
                expected=f"a mask on the scan's grid of {scan.geometry.shape} voxels",
                found=f"none among {', '.join(path.name for path in self.paths)}",
            )
        if len(fitting) > 1:
            names = ", ".join(path.name for path, _ in fitting)
            raise UsageError(f"expected one mask on a scan's grid, found {names}")
        path, mask = fitting[0]
        if mask.is_empty:
            raise Refusal(
                RefusalCode.LABEL_INVALID,
                expected="a mask of the organ",
                found="an empty one",
                where=path.name,
            )
        return RegionOfInterest(mask=mask)


def _fitting(path: Path, scan: Scan) -> Mask | None:
    """The mask, if it lies on the scan's grid."""
    try:
        return read_mask(path, scan)
    except Refusal as refusal:
        if refusal.code is RefusalCode.GEOMETRY_MISMATCH:
            return None
        raise
