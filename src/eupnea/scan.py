"""One CT of one patient at one time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry, Reorientation, Voxel
from eupnea.mask import Mask
from eupnea.note import Note
from eupnea.volume import Volume


@dataclass(frozen=True, kw_only=True)
class Acquisition:
    """How a scan was made, as far as its source says; `None` where it does not.

    It decides which scans can be compared: kernel, thickness and contrast
    change densities (Gierada 2010; Gallardo-Estrella 2015).
    """

    modality: str = "CT"
    manufacturer: str | None = None
    model: str | None = None
    kernel: str | None = None
    """Reconstruction kernel (0018,1210)."""
    slice_thickness_mm: float | None = None
    """Nominal slice thickness (0018,0050)."""
    tube_voltage_kv: float | None = None
    contrast: bool | None = None
    """Whether a contrast agent was given; `None` when the source is silent."""
    patient_position: str | None = None
    """HFS, FFP and so on (0018,5100)."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a scan comes from. Identifiers stay here and never reach a log.

    `dicom` holds what DICOM outputs need of their source: the source datasets
    without pixels, in canonical slice order (foot to head).
    """

    sources: tuple[str, ...] = ()
    """Paths as the user gave them, relative to the source."""
    patient_key: str | None = None
    """A one-way hash of who the patient is; equal for one person, else different."""
    series_uid: str | None = None
    study_uid: str | None = None
    dicom: tuple[Any, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """One CT volume in Hounsfield units, its geometry, time and provenance.

    The volume is canonical, whatever the source's order was: slices from foot
    to head, rows from front to back, columns from right to left of the
    patient. `native` is the grid of the source, and `to_native` brings any
    array back to it without interpolation.
    """

    volume: Volume
    """Hounsfield units, int16, canonical order."""
    native: Geometry
    """The grid of the source."""
    acquired_at: datetime
    acquisition: Acquisition = field(default_factory=Acquisition)
    provenance: Provenance = field(default_factory=Provenance)
    padding: Mask | None = None
    """Voxels outside the field of view, which hold no measurement."""
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if not self.volume.geometry.is_canonical:
            raise Refusal(
                RefusalCode.BAD_AFFINE,
                expected="a volume in canonical order",
                found="axes in another order",
            )

    @property
    def geometry(self) -> Geometry:
        """The canonical grid, on which all masks of this scan lie."""
        return self.volume.geometry

    @property
    def hu(self) -> NDArray[np.int16]:
        """Hounsfield units (slices, rows, columns), canonical, read-only."""
        return self.volume.voxels

    def to_native(self, voxels: NDArray[Voxel]) -> NDArray[Voxel]:
        """An array of this scan's canonical grid, in the order of its source."""
        return Reorientation.to_canonical(self.native).undo(voxels)
