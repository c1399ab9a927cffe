"""Training cases: scans whose lungs are known, and known to be normal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import edt
import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, NonNegativeInt, PositiveInt
from scipy import ndimage

from eupnea.box import Box
from eupnea.errors import UsageError
from eupnea.mask import Mask
from eupnea.read import read_mask, read_timeline
from eupnea.scan import Scan
from eupnea.segment.lungs import find_lungs

ANY_DATE = "2000-01-01"
"""Training does not depend on when a scan was made."""


LOST_SHARE = 0.25
"""Of a slice's lung: more at -1024 HU than even emphysema leaves."""


class Health(StrEnum):
    """How much of a lung may be taken for normal."""

    ALL = "all"
    """A healthy person: the whole lung is normal."""
    AERATED = "aerated"
    """Dense places thicker than vessels are of unknown nature, and are left out."""


def _rising(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] >= span[1]:
        raise ValueError(f"expected a span that is not empty, found {span}")
    return span


Span = Annotated[tuple[NonNegativeInt, PositiveInt], AfterValidator(_rising)]
"""First and one more than last index along an axis."""


class Undrawn(BaseModel):
    """A box on the grid of a scan in which the mask of the lungs leaves out diseased lung."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    slices: Span
    rows: Span
    columns: Span

    @property
    def box(self) -> Box:
        """The same as slices of an array."""
        return slice(*self.slices), slice(*self.rows), slice(*self.columns)


class CaseEntry(BaseModel):
    """One scan of a data list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ct: Path
    lung: Path | None = None
    """Mask of the lungs; `None` means the anatomical method of `eupnea.segment`."""
    normal: Path | None = None
    """Mask of the lung that a reader drew as normal; the rest of the lung is then unknown."""
    health: Health
    """What may be taken for normal where no reader drew it."""
    undrawn: tuple[Undrawn, ...] = ()
    """Lung that disease has filled and radiotherapy spares: there only what is drawn is known."""
    source: str
    """Which of the data list's sources it comes from."""
    hold_out: bool = False
    """Whether the scan is kept for evaluation."""


class Datalist(BaseModel):
    """The scans of a training, with where they come from; paths relative to `root`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    root: Path
    sources: dict[str, str]
    """Each data set and its licence, for the model's card."""
    cases: tuple[CaseEntry, ...]

    @classmethod
    def read(cls, path: Path) -> Datalist:
        """Reads a JSON file; a relative `root` counts from the file's folder."""
        data = cls.model_validate_json(path.read_text())
        return data.model_copy(update={"root": (path.parent / data.root).resolve()})

    def load(self, *, hold_out: bool = False) -> list[Case]:
        """The cases for training, or those held out."""
        return [load_case(self.root, entry) for entry in self.cases if entry.hold_out is hold_out]

    def holding_out(self, names: Collection[str]) -> Datalist:
        """The same list with more scans kept for evaluation, as a fold needs.

        Raises:
            UsageError: If a name is not in the list.
        """
        unknown = sorted(set(names) - {entry.name for entry in self.cases})
        if unknown:
            raise UsageError(f"no scan named {', '.join(unknown)} in the data list")
        cases = tuple(
            entry.model_copy(update={"hold_out": entry.hold_out or entry.name in names})
            for entry in self.cases
        )
        return self.model_copy(update={"cases": cases})


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One scan for training; arrays canonical (slices, rows, columns)."""

    name: str
    scan: Scan
    lung: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    """Voxels of the lung that may or may not be normal, and others that may or may not be lung;
    never trained on as either."""

    @property
    def hu(self) -> NDArray[np.int16]:
        """Hounsfield units."""
        return self.scan.hu

    @property
    def roi(self) -> Mask:
        """The lung, with its geometry."""
        return Mask(voxels=self.lung, geometry=self.scan.geometry)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distances between slices, rows and columns."""
        return self.scan.geometry.spacing_mm


def load_case(root: Path, entry: CaseEntry) -> Case:
    """Reads one entry of a data list."""
    scan = read_scan(root / entry.ct)
    mask = find_lungs(scan).mask if entry.lung is None else read_mask(root / entry.lung, scan)
    lung = mask.voxels.copy()
    unknown = _unknown(root, entry, scan, lung) | undrawn(entry.undrawn, lung)
    return Case(name=entry.name, scan=scan, lung=lung, unknown=unknown)


def _unknown(
    root: Path, entry: CaseEntry, scan: Scan, lung: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The lung that may or may not be normal."""
    if entry.normal is not None:
        return lung & ~read_mask(root / entry.normal, scan).voxels
    lost = unrecorded(scan.hu, lung)
    if entry.health is Health.AERATED:
        return lost | dense_places(scan.hu, lung, scan.geometry.spacing_mm)
    return lost


def undrawn(places: Iterable[Undrawn], lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What of some places is not drawn as lung: it may be lung all the same.

    Raises:
        UsageError: If a place does not lie on the grid.
    """
    inside = np.zeros_like(lung)
    for place in places:
        if any(span.stop > side for span, side in zip(place.box, lung.shape, strict=True)):
            raise UsageError(f"expected {place.what} within a grid of {lung.shape}, found {place}")
        inside[place.box] = True
    return np.asarray(inside & ~lung)


def read_scan(path: Path) -> Scan:
    """One scan from an image file or a DICOM folder, whatever its date."""
    reading = read_timeline([path]) if path.is_dir() else read_timeline([path], dates=[ANY_DATE])
    return next(iter(reading.timeline))


def unrecorded(hu: NDArray[np.int16], lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Lung in slices of which a quarter holds no value but the scanner's least, -1024 HU."""
    least = np.count_nonzero(lung & (hu <= -1024), axis=(1, 2))
    lost = least > LOST_SHARE * np.count_nonzero(lung, axis=(1, 2))
    return np.asarray(lung & lost[:, None, None])


def dense_places(
    hu: NDArray[np.int16], lung: NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> NDArray[np.bool_]:
    """Lung that is dense over more than a vessel's width, and 6 mm around it.

    Tumours, scars and fluid of scans that were made because of disease. The
    density is averaged over some 4 mm, so that vessels of the outer lung stay
    known and only large central ones are left out with the rest.
    """
    weight = ndimage.gaussian_filter(lung.astype(np.float32), [4.0 / s for s in spacing_mm])
    inside = np.where(lung, hu, 0).astype(np.float32)
    mean = ndimage.gaussian_filter(inside, [4.0 / s for s in spacing_mm]) / (weight + 1e-3)
    dense = lung & (mean > -450.0)
    near = edt.edt(~dense, anisotropy=spacing_mm) <= 6.0
    return np.asarray(near & lung)
