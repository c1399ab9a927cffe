"""What a synthetic patient is to look like, before a voxel is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from eupnea.errors import UsageError
from eupnea.geometry import Geometry


class LesionKind(StrEnum):
    """What a lesion is made of."""

    GROUND_GLASS = "ground_glass"
    CONSOLIDATION = "consolidation"
    NODULE = "nodule"
    PART_SOLID = "part_solid"
    CAVITY = "cavity"
    RETICULATION = "reticulation"
    BULLA = "bulla"
    PLEURAL = "pleural"
    """Dense tissue that lies against the pleura."""

    @property
    def is_solid(self) -> bool:
        """Whether it holds its volume, rather than its mass, when the lung breathes."""
        return self in {
            LesionKind.CONSOLIDATION,
            LesionKind.NODULE,
            LesionKind.PART_SOLID,
            LesionKind.CAVITY,
            LesionKind.PLEURAL,
        }


class Kernel(StrEnum):
    """How the scanner weighs sharpness against noise."""

    SOFT = "B31f"
    LUNG = "B60f"


def chest_grid(
    *,
    shape: tuple[int, int, int] = (300, 512, 512),
    spacing_mm: tuple[float, float, float] = (1.0, 0.7, 0.7),
) -> Geometry:
    """A canonical grid around the middle of the chest, which is the origin.

    Args:
        shape: Numbers of slices, rows and columns.
        spacing_mm: Distances between slices, rows and columns.
    """
    z, y, x = (-(n - 1) * step / 2 for n, step in zip(shape, spacing_mm, strict=True))
    return Geometry.regular(shape=shape, spacing_mm=spacing_mm, origin_mm=(x, y, z))


def small_grid() -> Geometry:
    """The coarse grid of tests: 96 x 128 x 128 voxels of 3 x 2.7 x 2.7 mm."""
    return chest_grid(shape=(96, 128, 128), spacing_mm=(3.0, 2.7, 2.7))


@dataclass(frozen=True, kw_only=True)
class LesionPlan:
    """One focus of disease and its size in every scan.

    Foci that touch in a scan are one region there; that is how regions merge
    and split.

    Raises:
        UsageError: A radius is negative.
    """

    kind: LesionKind
    centre_mm: tuple[float, float, float]
    """Where it sits, LPS, in the patient's reference space; see `lung_points`."""
    radius_mm: tuple[float, ...]
    """Mean radius in each scan; 0 where it is absent."""
    roughness: float = 0.15
    """How far the outline strays from a sphere, as a share of the radius."""

    def __post_init__(self) -> None:
        if min(self.radius_mm) < 0:
            raise UsageError(f"a lesion's radius is 0 or more mm, not {min(self.radius_mm)}")


@dataclass(frozen=True, kw_only=True)
class ScanPlan:
    """How and in which state of breath one scan is taken."""

    acquired_at: datetime
    breath: float = 1.0
    """Lung volume, roughly, as a share of that in the reference space."""
    deformation_mm: float = 0.0
    """Largest displacement by a smooth random deformation beside the breath."""
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How the patient lies on the table, against the reference space."""
    kernel: Kernel = Kernel.SOFT
    noise_hu: float = 25.0
    """Standard deviation of the noise in the lungs."""


@dataclass(frozen=True, kw_only=True)
class PatientPlan:
    """A whole patient: `build` makes voxels of it.

    Raises:
        UsageError: No scan is planned, or a lesion has another number of radii
            than there are scans.
    """

    seed: int
    """Decides the anatomy, the texture, the outlines and the noise."""
    scans: tuple[ScanPlan, ...]
    lesions: tuple[LesionPlan, ...] = ()
    grid: Geometry = field(default_factory=chest_grid)
    """The grid of every scan; its middle is the middle of the chest."""
    detail: float = 1.0
    """Share of the vessel and airway branches to grow; small grids need few."""

    def __post_init__(self) -> None:
        if not self.scans:
            raise UsageError("a patient has at least one scan")
        wrong = [lesion for lesion in self.lesions if len(lesion.radius_mm) != len(self.scans)]
        if wrong:
            raise UsageError(
                f"a lesion needs {len(self.scans)} radii, one per scan, not "
                f"{len(wrong[0].radius_mm)}"
            )


FIRST_SCAN = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
"""When the first scan of a drawn patient is taken."""
